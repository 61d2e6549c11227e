import { perParity, type Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';

/** The heaviest weight that Route 53 knows. */
const everything = 255;

/** The weights while nothing is being flipped: everything to the live cluster, nothing to the idle one. */
export function settledWeights(record: ReleaseRecord): Record<Parity, number> {
  return perParity(parity => (parity === record.live.parity ? everything : 0));
}
