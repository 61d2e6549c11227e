import type { Clock } from '../ports.ts';

/** Time that passes only when everybody waits. */
export interface VirtualClock extends Clock {
  /** Moves the wall clock alone, as NTP or a person would. */
  jump(ms: number): void;
  /** Time stands still while `work` is under way: for what really happens, outside this world. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** A delay in the middle of such work, during which time passes again. */
  delayInHold(ms: number): Promise<void>;
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
  const timers = timerQueue();
  const holds = countHolds();
  let passedMs = 0;
  let jumpedMs = 0;
  const passNext = (endMs: number): boolean => {
    const next = timers.first();
    passedMs = Math.min(endMs, next?.atMs ?? endMs);
    if (next === undefined || next.atMs > endMs) return false;
    timers.remove(next);
    next.ring();
    return true;
  };
  const delay = delayOn(timers, () => passedMs);
  return {
    now: () => startMs + passedMs + jumpedMs,
    monotonic: () => passedMs,
    jump: ms => {
      jumpedMs += ms;
    },
    delay,
    hold: async work => {
      const end = holds.begin();
      return await work().finally(end);
    },
    delayInHold: async ms => {
      holds.pause();
      await delay(ms);
      holds.begin();
    },
    run: async ({ isOver = () => false, forMs, look = () => {} }) => {
      const endMs = passedMs + forMs;
      await stillness(holds);
      look();
      while (!isOver() && passNext(endMs)) {
        await stillness(holds);
        look();
      }
    },
  };
}

/** Waiting for a timer of its own. */
function delayOn(timers: ReturnType<typeof timerQueue>, passedMs: () => number): Clock['delay'] {
  return async (ms, signal) => {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = { atMs: passedMs() + Math.max(1, ms), ring: resolve };
    timers.add(timer);
    const onAbort = () => {
      timers.remove(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    await promise;
    signal?.removeEventListener('abort', onAbort);
  };
}

/** Timers, the next to ring first; of two at the same time the one that was set first. */
function timerQueue() {
  const timers: Timer[] = [];
  return {
    first: () => timers[0],
    add: (timer: Timer) => {
      const after = timers.findIndex(({ atMs }) => atMs > timer.atMs);
      timers.splice(after < 0 ? timers.length : after, 0, timer);
    },
    remove: (timer: Timer) => {
      const at = timers.indexOf(timer);
      if (at >= 0) timers.splice(at, 1);
    },
  };
}

/** Work under way outside, which time waits for. */
interface Holds {
  /** Gives what ends it. */
  begin(): () => void;
  pause(): void;
  /** Undefined when there is none. */
  oneLess(): Promise<void> | undefined;
}

function countHolds(): Holds {
  let count = 0;
  let less = Promise.withResolvers<void>();
  const pause = () => {
    count -= 1;
    less.resolve();
    less = Promise.withResolvers();
  };
  return {
    begin: () => {
      count += 1;
      return pause;
    },
    pause,
    oneLess: () => (count === 0 ? undefined : less.promise),
  };
}

/** Until every promise that can go on has gone on, and nothing is under way outside. */
async function stillness(holds: Holds): Promise<void> {
  for (;;) {
    await new Promise(resolve => setImmediate(resolve));
    const work = holds.oneLess();
    if (work === undefined) return;
    await work;
  }
}
