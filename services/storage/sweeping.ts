import type { Parity } from '../../domain/parity.ts';
import { recentlyUsed } from '../kit/recently-used.ts';
import type { Storing } from './storing.ts';

/** When the sweeper thinks that something has lain too long. */
export interface SweepTimes {
  /** From acceptance, or storing, to the first time the sweeper steps in. */
  readonly afterMs: number;
  /** Age of a vault file that no row names before it is reaped: late, for its writer may only be frozen. */
  readonly orphanAfterMs: number;
}

/** Epoch milliseconds of the youngest document that a broker has delivered to us; undefined before the first. */
export type NewestDelivered = (broker: Parity) => number | undefined;

/** Back-off per document: nobody is swept more often than its tries allow. */
export interface Backoff {
  /** True when `id` may be swept now; counts the try. */
  due(id: string): boolean;
}

/** Documents remembered at the most; the oldest tries are forgotten first, and merely swept a little early. */
const rememberedTries = 100_000;
const longestBackoffMs = 10 * 60 * 1000;

/** Twice as long after each try, from `firstMs` to ten minutes, on the monotonic clock. */
export function backoffPerDocument({ clock }: Pick<Storing, 'clock'>, firstMs: number): Backoff {
  const tries = recentlyUsed<{ nextMs: number; waitMs: number }>(rememberedTries);
  return {
    due: id => {
      const now = clock.monotonic();
      const last = tries.get(id);
      if (last !== undefined && now < last.nextMs) return false;
      const waitMs = Math.min(longestBackoffMs, last === undefined ? firstMs : last.waitMs * 2);
      tries.set(id, { nextMs: now + waitMs, waitMs });
      return true;
    },
  };
}
