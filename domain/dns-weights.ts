import { parities, perParity, type Parity } from './parity.ts';
import type { ReleaseRecord } from './record-shape.ts';

/** The heaviest weight that Route 53 knows; its weights are whole numbers from 0. */
export const heaviestWeight = 255;

/** What DNS is told: how often each cluster is named. Both at 0 would mean an equal split, so that never happens. */
export type DnsWeights = Record<Parity, number>;

/** The weights when nothing is being flipped: everything to the live cluster, nothing to the idle one. */
export function settledWeights(record: Pick<ReleaseRecord, 'live'>): DnsWeights {
  return weightsTowards(record.live.parity, 100);
}

/** The weights on the way to a settled state: `percent` of the answers name `parity`, the others its peer. */
export function weightsTowards(parity: Parity, percent: number): DnsWeights {
  const towards = Math.round((heaviestWeight * percent) / 100);
  return perParity(of => (of === parity ? towards : heaviestWeight - towards));
}

/** True for weights that nobody may set: Route 53 takes all 0 for an equal split. */
export function isAllZero(weights: DnsWeights): boolean {
  return parities.every(parity => weights[parity] === 0);
}
