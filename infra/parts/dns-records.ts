import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js';
import type { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone/index.js';
import { parities, parityOfSprint, type Parity } from '../../domain/parity.ts';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import type { FrontDoor } from './front-door.ts';

/** Route 53's largest weight, and the one that only answers when everything heavier is unhealthy. */
const everything = 255;
const onlyInNeed = 0;

interface Place {
  readonly zone: Route53Zone;
  readonly doors: Readonly<Record<Parity, FrontDoor>>;
}

/**
 * The names (docs/decisions/0020): `api` by latency to the region's pair, that one by weight to the clusters; `beta`
 * the other way round; `odd` and `even` for health checks and the peer; `ops` by failover.
 */
export function dnsRecords(stack: TerraformStack, estate: Estate, { zone, doors }: Place): void {
  const { hosts } = estate.names;
  const { region, firstSprint } = estate.configuration;
  const firstLive = parityOfSprint(firstSprint);
  const record = { zoneId: zone.zoneId, type: 'A' };
  for (const parity of parities) {
    const target = { ...record, healthCheckId: doors[parity].healthCheck.id, alias: aliasOf(doors[parity]) };
    const weighted = {
      ...target,
      setIdentifier: parity,
      lifecycle: { ignoreChanges: ['weighted_routing_policy'] },
    };
    const [live, idle] = parity === firstLive ? [everything, onlyInNeed] : [onlyInNeed, everything];
    // The weights are the release engine's from the first flip on.
    new Route53Record(stack, `api-to-${parity}`, {
      ...weighted,
      name: hosts.regional,
      weightedRoutingPolicy: { weight: live },
    });
    new Route53Record(stack, `beta-to-${parity}`, {
      ...weighted,
      name: hosts.beta,
      weightedRoutingPolicy: { weight: idle },
    });
    new Route53Record(stack, `ops-to-${parity}`, {
      ...target,
      name: hosts.ops,
      setIdentifier: parity,
      failoverRoutingPolicy: { type: parity === parities[0] ? 'PRIMARY' : 'SECONDARY' },
    });
    // Its own health check looks here: the name must not depend on the answer.
    new Route53Record(stack, `only-${parity}`, {
      ...record,
      name: hosts.cluster(parity),
      alias: aliasOf(doors[parity]),
    });
  }
  new Route53Record(stack, 'api', {
    ...record,
    name: hosts.api,
    setIdentifier: region,
    latencyRoutingPolicy: { region },
    alias: { name: hosts.regional, zoneId: zone.zoneId, evaluateTargetHealth: true },
  });
}

/** The health check asks through the whole chain, so the balancer's own opinion is not asked besides. */
function aliasOf({ entry }: FrontDoor) {
  return { name: entry.dnsName, zoneId: entry.zoneId, evaluateTargetHealth: false };
}
