import { parities } from '../../domain/parity.ts';
import type { Configuration } from '../configuration.ts';
import { interfaceServices } from '../parts/endpoints.ts';
import { monthlyPrice, type PriceTable } from './price-table.ts';

/** How much of the live release the idle cluster keeps warm. */
export const idleProfiles = {
  peak: 'takes over at once: nothing has to start',
  floor: 'takes over at once and is slow until Karpenter has brought nodes (minutes)',
  none: 'gives the cover up: nodes and pods start first (minutes without service; accepted papers are safe)',
} as const;
export type IdleProfile = keyof typeof idleProfiles;

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
  readonly profiles: Readonly<Record<IdleProfile, { nodes: number; monthly: number; recovery: string }>>;
}

/** Counts what the stacks make and prices it. Traffic, storage, logs and image builds come on top: they follow use. */
export function estimateCost(configuration: Configuration, prices: PriceTable): CostEstimate {
  const line = (item: string, count: number): CostLine => ({
    item,
    count,
    monthly: count * monthlyPrice(prices, item),
  });
  const lines = countsOf(configuration).map(([item, count]) => line(item, count));
  const fixed = lines.reduce((sum, { monthly }) => sum + monthly, 0);
  const { peak, floor, instanceType } = configuration.nodes;
  const profile = (name: IdleProfile, idleNodes: number) => {
    const nodes = peak + idleNodes;
    return { nodes, monthly: fixed + line(instanceType, nodes).monthly, recovery: idleProfiles[name] };
  };
  const { asOf, region, currency, checked, source } = prices;
  return {
    prices: { asOf, region, currency, checked, source },
    lines,
    profiles: { peak: profile('peak', peak), floor: profile('floor', floor), none: profile('none', 0) },
  };
}

function countsOf({ zones, network, nodes, broker, database, cache }: Configuration): [string, number][] {
  const clusters = parities.length;
  const brokerNodes = 3;
  const rows: [string, number][] =
    database.kind === 'documentdb' ? [[database.instanceType, database.instances + 1]] : [];
  return [
    ['eks cluster', clusters],
    [nodes.instanceType, clusters * nodes.system.min],
    [broker.instanceType, clusters * brokerNodes],
    ...rows,
    [cache.nodeType, zones.length],
    ['nat gateway', network.nat === 'one' ? 1 : zones.length],
    ['interface endpoint in a zone', Object.keys(interfaceServices).length * zones.length],
    ['load balancer', clusters * 2],
    ['web acl with its rules', 1],
    ['https health check', clusters],
    ['hosted zone', 1],
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
    'With the working nodes of both clusters:',
    ...(Object.keys(profiles) as IdleProfile[]).map(name => {
      const { nodes, monthly, recovery } = profiles[name];
      return `${money(monthly)}  cover ${name.padEnd(5)} (${nodes} nodes): ${recovery}`;
    }),
  ]
    .filter((text, at) => text !== '' || at > 1)
    .join('\n');
}
