import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../kit/ports.ts';

/** A disk with too much to do syncs within seconds; a file server that takes longer is away (failures.md 34). */
export const spoolWithinMs = 10_000;

/**
 * The slowest that a spool may be which still takes documents. The end of a long upload syncs all of it: 2 GiB take a
 * file server longer than any deadline that a photo should have.
 */
export const slowestBytesPerSecond = 5 * 1024 * 1024;

/** As many calls on files as a process has under way at once (services/main.ts): one more would only wait behind them. */
const mostHanging = 16;

/** How often all uploads are looked at: a timer for each would cost every document what none of them needs. */
const lookEveryMs = 1_000;

/** Keeps a sender from waiting for a spool that hangs. */
export interface SpoolDeadline {
  /** @throws ParityError `spool_unavailable` while so much hangs that nothing more can be done. */
  mustAnswer(): void;
  /**
   * What comes of `work` on a document of so many bytes; it goes on when its time is up.
   * @throws ParityError `spool_unavailable` after `spoolWithinMs` and what `slowestBytesPerSecond` takes for its bytes.
   */
  within<T>(work: Promise<T>, bytes: number): Promise<T>;
}

/** One for all uploads of a process. */
export function spoolDeadline(clock: Clock): SpoolDeadline {
  const watch = deadlineWatch(clock);
  let hanging = 0;
  return {
    mustAnswer: () => {
      if (hanging >= mostHanging) throw hangs();
    },
    within: async (work, bytes) => {
      const { late, stop } = watch(spoolWithinMs + (bytes / slowestBytesPerSecond) * 1_000);
      try {
        const result = await Promise.race([work, late]);
        if (result !== overdue) return result;
      } finally {
        stop();
      }
      hanging += 1;
      const ended = () => void (hanging -= 1);
      work.then(ended, ended);
      throw hangs();
    },
  };
}

const overdue = Symbol('overdue');

/** Watches any number of deadlines by one timer, while there are any. */
function deadlineWatch(clock: Clock) {
  const waiting = new Set<{ readonly untilMs: number; readonly ring: () => void }>();
  let looking = false;
  const lookOut = async () => {
    looking = true;
    while (waiting.size > 0) {
      await clock.delay(lookEveryMs);
      const nowMs = clock.monotonic();
      for (const { untilMs, ring } of waiting) if (nowMs >= untilMs) ring();
    }
    looking = false;
  };
  return (ms: number) => {
    const { promise: late, resolve } = Promise.withResolvers<typeof overdue>();
    const bell = { untilMs: clock.monotonic() + ms, ring: () => resolve(overdue) };
    waiting.add(bell);
    if (!looking) void lookOut();
    return { late, stop: () => void waiting.delete(bell) };
  };
}

function hangs(): ParityError {
  const message =
    'The spool does not answer: nothing was promised. Send the document again, with the same key.';
  return new ParityError('spool_unavailable', message, { retryAfterS: 5 });
}
