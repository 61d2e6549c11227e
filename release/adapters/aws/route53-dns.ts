import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { isAllZero } from '../../../domain/dns-weights.ts';
import { ParityError } from '../../../domain/errors.ts';
import { parities, peerOf, perParity, type Parity } from '../../../domain/parity.ts';
import type { Contract } from '../../../infra/outputs.ts';
import type { Clock, DnsPort } from '../../ports.ts';
import { clientConfig, type AwsAccess } from './aws-access.ts';
import { callAws } from './call-aws.ts';

/** Route 53 takes five requests a second from an account. Source: Amazon Route 53 Developer Guide, "Quotas". */
const lookEveryMs = 2_000;

/** A change is everywhere within 60 seconds, usually (same guide, "How Route 53 propagates changes"). */
const spreadWithinMs = 180_000;

/** What the adapter is given; zone and names are in the contract. */
export type Route53Options = AwsAccess &
  Pick<Contract['edge'], 'zoneId' | 'hosts'> & { readonly clock: Clock };

/**
 * The weights of the pair's name in Route 53. `beta` follows in the same change batch, the other way round: it leads to
 * the idle cluster. The record sets are infra/'s; here only their weights are changed, and waited for until every name
 * server has them. Throws ParityError `control_plane_down`, `control_plane_refused`.
 */
export function route53Dns({ zoneId, hosts, clock, ...access }: Route53Options): DnsPort {
  const client = new Route53Client(clientConfig(access));
  const ask: Ask = { client, zoneId };
  return {
    weights: async () => {
      const sets = await pairOf(ask, hosts.regional);
      return perParity(parity => sets[parity].Weight ?? 0);
    },
    setWeights: async weights => {
      if (isAllZero(weights)) {
        const message = `Both clusters at weight 0 would mean half the users for each: ${hosts.regional} stays as it is.`;
        throw new ParityError('release_refused', message);
      }
      const regional = await pairOf(ask, hosts.regional);
      const beta = await pairOf(ask, hosts.beta);
      const changed = parities.flatMap(parity => [
        { ...regional[parity], Weight: weights[parity] },
        { ...beta[parity], Weight: weights[peerOf(parity)] },
      ]);
      await spread(ask, clock, await change(ask, changed));
    },
  };
}

interface Ask {
  readonly client: Route53Client;
  readonly zoneId: string;
}

/** Both clusters' record sets of a name, whole, as an UPSERT has to repeat them. */
async function pairOf({ client, zoneId }: Ask, host: string): Promise<Record<Parity, ResourceRecordSet>> {
  const list = new ListResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    StartRecordName: host,
    StartRecordType: 'A',
  });
  const { ResourceRecordSets: found = [] } = await callAws(`look at the weights of ${host}`, options =>
    client.send(list, options),
  );
  const ours = found.filter(({ Name: name, Type: type }) => type === 'A' && name === `${host}.`);
  return perParity(parity => {
    const set = ours.find(({ SetIdentifier: id, Weight: weight }) => id === parity && weight !== undefined);
    if (set !== undefined) return set;
    const message = `Zone ${zoneId} has no weighted record of ${host} for ${parity}: ./parity infra apply makes it.`;
    throw new ParityError('control_plane_refused', message);
  });
}

/** Writes all sets in one batch, which Route 53 takes whole or not at all; gives the change's id. */
async function change({ client, zoneId }: Ask, sets: readonly ResourceRecordSet[]): Promise<string> {
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: { Changes: sets.map(set => ({ Action: 'UPSERT', ResourceRecordSet: set })) },
  });
  const { ChangeInfo: info } = await callAws('change the weights', options => client.send(command, options));
  return info?.Id ?? '';
}

/** Until every name server answers with the change. */
async function spread({ client }: Ask, clock: Clock, id: string): Promise<void> {
  const began = clock.monotonic();
  const get = new GetChangeCommand({ Id: id });
  for (;;) {
    const { ChangeInfo: info } = await callAws(`look at the change ${id}`, options =>
      client.send(get, options),
    );
    if (info?.Status === 'INSYNC') return;
    if (clock.monotonic() - began >= spreadWithinMs) {
      const message = `Route 53 took the change ${id} and has not spread it for ${spreadWithinMs / 1000} s. It will; look again later.`;
      throw new ParityError('control_plane_down', message);
    }
    await clock.delay(lookEveryMs);
  }
}
