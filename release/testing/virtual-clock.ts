import type { Clock } from '../ports.ts';

/** Time that passes only when everybody waits. */
export interface VirtualClock extends Clock {
  /** Moves the wall clock alone, as NTP or a person would. */
  jump(ms: number): void;
  /** Lets time pass, one timer after the other, until `isOver` or for `forMs`; `look` is called whenever all is still. */
  run(until: {
    readonly isOver?: () => boolean;
    readonly forMs: number;
    readonly look?: () => void;
  }): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly ring: () => void;
}

/** A clock for a world in which nothing waits for anything but this clock. */
export function virtualClock(startMs = Date.UTC(2026, 10, 22, 5)): VirtualClock {
  const timers: Timer[] = [];
  let passedMs = 0;
  let jumpedMs = 0;
  const passNext = (endMs: number): boolean => {
    const next = timers[0];
    passedMs = Math.min(endMs, next?.atMs ?? endMs);
    if (next === undefined || next.atMs > endMs) return false;
    timers.shift();
    next.ring();
    return true;
  };
  return {
    now: () => startMs + passedMs + jumpedMs,
    monotonic: () => passedMs,
    jump: ms => {
      jumpedMs += ms;
    },
    delay: ms => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = { atMs: passedMs + Math.max(1, ms), ring: resolve };
      const after = timers.findIndex(({ atMs }) => atMs > timer.atMs);
      timers.splice(after < 0 ? timers.length : after, 0, timer);
      return promise;
    },
    run: async ({ isOver = () => false, forMs, look = () => {} }) => {
      const endMs = passedMs + forMs;
      await stillness();
      look();
      while (!isOver() && passNext(endMs)) {
        await stillness();
        look();
      }
    },
  };
}

/** Until every promise that can go on has gone on. */
function stillness(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
