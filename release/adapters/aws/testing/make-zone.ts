import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  Route53Client,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { heaviestWeight, type DnsWeights } from '../../../../domain/dns-weights.ts';
import { parities, peerOf, type Parity } from '../../../../domain/parity.ts';
import type { Contract } from '../../../../infra/outputs.ts';
import type { AwsAccess } from '../aws-access.ts';

/** What the DNS adapter takes from the contract. */
export type ZoneContract = Pick<Contract['edge'], 'zoneId' | 'hosts'>;

/** What was made: the zone, and each cluster's health check. */
export interface MadeZone extends ZoneContract {
  readonly healthCheckIds: Readonly<Record<Parity, string>>;
}

/** A zone with the weighted record sets that infra/ makes (infra/parts/dns-records.ts), everything to `live`. */
export async function makeZone(access: AwsAccess, live: Parity): Promise<MadeZone> {
  const client = new Route53Client(access);
  const made = await client.send(
    new CreateHostedZoneCommand({ Name: 'acme.test', CallerReference: 'a zone' }),
  );
  const zoneId = (made.HostedZone?.Id ?? '').replace('/hostedzone/', '');
  const [regional, beta] = ['api-eu-central-1.acme.test', 'beta.acme.test'] as const;
  const weights = { [live]: heaviestWeight, [peerOf(live)]: 0 } as DnsWeights;
  const sets = [];
  const ids: [Parity, string][] = [];
  for (const parity of parities) {
    const HealthCheckId = await makeHealthCheck(client, parity);
    ids.push([parity, HealthCheckId]);
    sets.push(
      recordSet(parity, { Name: regional, Weight: weights[parity], HealthCheckId }),
      recordSet(parity, { Name: beta, Weight: weights[peerOf(parity)], HealthCheckId }),
    );
  }
  await client.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: sets.map(set => ({ Action: 'CREATE', ResourceRecordSet: set })) },
    }),
  );
  client.destroy();
  const healthCheckIds = Object.fromEntries(ids) as Record<Parity, string>;
  return { zoneId, hosts: { api: 'api.acme.test', regional, beta, ops: 'ops.acme.test' }, healthCheckIds };
}

async function makeHealthCheck(client: Route53Client, parity: Parity): Promise<string> {
  const { HealthCheck: check } = await client.send(
    new CreateHealthCheckCommand({
      CallerReference: `of ${parity}`,
      HealthCheckConfig: {
        Type: 'HTTPS',
        FullyQualifiedDomainName: `${parity}.acme.test`,
        ResourcePath: '/healthz',
      },
    }),
  );
  return check?.Id ?? '';
}

type Own = Required<Pick<ResourceRecordSet, 'Name' | 'Weight' | 'HealthCheckId'>>;

function recordSet(parity: Parity, own: Own): ResourceRecordSet {
  const AliasTarget = {
    DNSName: `${parity}.elb.eu-central-1.amazonaws.com`,
    HostedZoneId: 'Z3F0SRJ5LGBH90',
    EvaluateTargetHealth: false,
  };
  return { Type: 'A', SetIdentifier: parity, AliasTarget, ...own };
}
