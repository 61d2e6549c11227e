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
  delay: (ms, signal) => wait(ms, undefined, { signal }),
};

/** The machine's cryptographic randomness. */
export const systemRandom: Random = { bytes: randomBytes };
