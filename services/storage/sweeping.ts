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
  /** True before the first try. */
  isNew(id: string): boolean;
  /** True when `id` may be swept now. */
  isDue(id: string): boolean;
  /** Counts a try: that a broker has the message, so that an outage of brokers holds nothing up after its end. */
  tried(id: string): void;
}

/** Documents remembered at the most; the oldest tries are forgotten first, and merely swept a little early. */
const rememberedTries = 100_000;
const longestBackoffMs = 10 * 60 * 1000;

/** Twice as long after each try, from `firstMs` to ten minutes, on the monotonic clock. */
export function backoffPerDocument({ clock }: Pick<Storing, 'clock'>, firstMs: number): Backoff {
  const tries = recentlyUsed<{ nextMs: number; waitMs: number }>(rememberedTries);
  return {
    isNew: id => tries.get(id) === undefined,
    isDue: id => clock.monotonic() >= (tries.get(id)?.nextMs ?? 0),
    tried: id => {
      const last = tries.get(id);
      const waitMs = Math.min(longestBackoffMs, last === undefined ? firstMs : last.waitMs * 2);
      tries.set(id, { nextMs: clock.monotonic() + waitMs, waitMs });
    },
  };
}
