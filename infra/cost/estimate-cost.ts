import { dnsFailover } from '../../domain/dns-failover.ts';
import type { Configuration } from '../configuration.ts';
import type { Objects } from './count-objects.ts';
import { monthlyPrice, type PriceTable } from './price-table.ts';

/** Until Route 53 answers with the other cluster: its check fails, and the alias' TTL of a minute runs out. */
const failoverS = dnsFailover.worstS;

/**
 * Until nodes that are not there yet serve: Karpenter's decision, a Bottlerocket machine, images, pods. An estimate,
 * not measured in an account.
 */
const newNodesS = 150;

/** How much of the live release the idle cluster keeps warm, and what a dead cluster then costs in seconds. */
export const idleProfiles = {
  peak: { servesAfterS: failoverS, fullSpeedAfterS: failoverS, is: 'nothing has to start' },
  floor: {
    servesAfterS: failoverS,
    fullSpeedAfterS: failoverS + newNodesS,
    is: 'slow until Karpenter has brought nodes',
  },
  none: {
    servesAfterS: failoverS + newNodesS,
    fullSpeedAfterS: failoverS + newNodesS,
    is: 'the cover is given up: nodes and pods start first; accepted papers are safe',
  },
} as const;
export type IdleProfile = keyof typeof idleProfiles;

/** A profile's price and what it buys. */
export interface ProfileEstimate {
  readonly nodes: number;
  readonly monthly: number;
  /** From a cluster's death until the other serves, and until it does so at full speed. */
  readonly servesAfterS: number;
  readonly fullSpeedAfterS: number;
  readonly is: string;
}

/** One line of the bill. */
export interface CostLine {
  readonly item: string;
  readonly count: number;
  readonly monthly: number;
}

/** What an estate costs a month without traffic and storage, for each way to keep the cover. */
export interface CostEstimate {
  readonly prices: Pick<PriceTable, 'asOf' | 'region' | 'currency' | 'checked' | 'source'>;
  /** What every profile has. */
  readonly lines: readonly CostLine[];
  readonly profiles: Readonly<Record<IdleProfile, ProfileEstimate>>;
}

/** Prices what the stacks make. Traffic, storage, logs and image builds come on top: they follow use. */
export function estimateCost(
  configuration: Configuration,
  objects: Objects,
  prices: PriceTable,
): CostEstimate {
  const line = (item: string, count: number): CostLine => ({
    item,
    count,
    monthly: count * monthlyPrice(prices, item),
  });
  const lines = countsOf(configuration, objects).map(([item, count]) => line(item, count));
  const fixed = lines.reduce((sum, { monthly }) => sum + monthly, 0);
  const { peak, floor, instanceType } = configuration.nodes;
  const profile = (name: IdleProfile, idleNodes: number): ProfileEstimate => {
    const nodes = peak + idleNodes;
    return { nodes, monthly: fixed + line(instanceType, nodes).monthly, ...idleProfiles[name] };
  };
  const { asOf, region, currency, checked, source } = prices;
  return {
    prices: { asOf, region, currency, checked, source },
    lines,
    profiles: { peak: profile('peak', peak), floor: profile('floor', floor), none: profile('none', 0) },
  };
}

/** A RabbitMQ cluster at Amazon MQ has three nodes. */
const nodesOfBroker = 3;

function countsOf(configuration: Configuration, objects: Objects): (readonly [string, number])[] {
  const { nodes, broker, database, cache } = configuration;
  const count = (...types: string[]) =>
    types.reduce((sum, type) => sum + (objects.get(type)?.length ?? 0), 0);
  const sum = (type: string, of: (block: Readonly<Record<string, unknown>>) => number) =>
    (objects.get(type) ?? []).reduce((total, block) => total + of(block), 0);
  const rows: [string, number][] =
    database.kind === 'documentdb' ? [[database.instanceType, count('aws_docdb_cluster_instance')]] : [];
  return [
    ['eks cluster', count('aws_eks_cluster')],
    [nodes.instanceType, count('aws_eks_node_group') * nodes.system.min],
    [broker.instanceType, count('aws_mq_broker') * nodesOfBroker],
    ...rows,
    [cache.nodeType, sum('aws_elasticache_replication_group', block => Number(block['num_cache_clusters']))],
    ['nat gateway', count('aws_nat_gateway')],
    [
      'interface endpoint in a zone',
      sum('aws_vpc_endpoint', ({ subnet_ids: subnets }) => (Array.isArray(subnets) ? subnets.length : 0)),
    ],
    ['load balancer', count('aws_lb')],
    ['web acl with its rules', count('aws_wafv2_web_acl')],
    ['https health check', count('aws_route53_health_check')],
    ['hosted zone', count('aws_route53_zone')],
    ['kms key', count('aws_kms_key', 'aws_kms_replica_key')],
    ['secret', count('aws_secretsmanager_secret')],
  ];
}

/** The estimate for people. */
export function presentCost({ prices, lines, profiles }: CostEstimate): string {
  const money = (amount: number) => amount.toFixed(0).padStart(8);
  const warning = prices.checked ? '' : '  NOT CHECKED against AWS\n';
  return [
    `Prices of ${prices.asOf}, ${prices.region}, ${prices.currency} a month, on demand, before traffic and storage`,
    `${warning}`.trimEnd(),
    ...lines.map(({ item, count, monthly }) => `${money(monthly)}  ${String(count).padStart(3)} × ${item}`),
    '',
    'With the working nodes of both clusters, and what the death of one then costs:',
    ...(Object.keys(profiles) as IdleProfile[]).map(name => {
      const { nodes, monthly, servesAfterS, fullSpeedAfterS, is } = profiles[name];
      const recovery = `serves after ${servesAfterS} s, at full speed after ${fullSpeedAfterS} s`;
      return `${money(monthly)}  cover ${name.padEnd(5)} (${nodes} nodes): ${recovery}; ${is}`;
    }),
  ]
    .filter((text, at) => text !== '' || at > 1)
    .join('\n');
}
