import type { Clock } from './ports.ts';

/** A clock for tests that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves both times forward, and ends the delays that are over by then. */
  advance(ms: number): void;
}

/** Starts at `nowMs` of wall time. */
export function manualClock(nowMs = Date.UTC(2026, 10, 22)): ManualClock {
  let passed = 0;
  const waiting = new Set<{ readonly until: number; readonly ring: () => void }>();
  return {
    now: () => nowMs + passed,
    monotonic: () => passed,
    delay: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const bell = { until: passed + ms, ring: resolve };
        waiting.add(bell);
        signal?.addEventListener('abort', () => {
          waiting.delete(bell);
          reject(signal.reason);
        });
      }),
    advance: ms => {
      passed += ms;
      for (const bell of waiting) {
        if (bell.until > passed) continue;
        waiting.delete(bell);
        bell.ring();
      }
    },
  };
}
