import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** The world's time. Leases never use it: they go by the database's clock (failures.md 56). */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  now(): number;
  /** Milliseconds that only ever grow; for deadlines and durations. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The world's randomness. */
export interface Random {
  bytes(count: number): Buffer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  delay: async (ms, signal) => {
    try {
      await wait(ms, undefined, { signal });
    } catch (error) {
      // Node rejects with an AbortError of its own, and the reason as its cause.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** The machine's cryptographic randomness. */
export const systemRandom: Random = { bytes: randomBytes };
