import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';

/** Who a process is for as long as it runs: its cluster, and the release it was built from. */
export interface Identity {
  readonly cluster: Parity;
  readonly release: Release;
}

/** An identity as `x-parity-served-by` says it: `odd/1`. */
export function servedBy({ cluster, release }: Identity): string {
  return `${cluster}/${release}`;
}
