import { ParityError } from '../../domain/errors.ts';
import { overdue } from '../kit/deadline.ts';
import { filesAtOnce } from '../kit/files-at-once.ts';
import type { Clock } from '../kit/ports.ts';
import { sharedWatch } from '../kit/shared-watch.ts';

/** A disk with too much to do syncs within seconds; a file server that takes longer is away (failures.md 34). */
export const spoolWithinMs = 10_000;

/**
 * The slowest that a spool may be which still takes documents. The end of a long upload syncs all of it: 2 GiB take a
 * file server longer than any deadline that a photo should have.
 */
export const slowestBytesPerSecond = 5 * 1024 * 1024;

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
  const watch = sharedWatch(clock, lookEveryMs);
  let hanging = 0;
  return {
    mustAnswer: () => {
      // One more would only wait behind them.
      if (hanging >= filesAtOnce) throw hangs();
    },
    within: async (work, bytes) => {
      const { promise: late, resolve } = Promise.withResolvers<typeof overdue>();
      const untilMs = clock.monotonic() + spoolWithinMs + (bytes / slowestBytesPerSecond) * 1_000;
      const stop = watch(() => {
        if (clock.monotonic() >= untilMs) resolve(overdue);
      });
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

function hangs(): ParityError {
  const message =
    'The spool does not answer: nothing was promised. Send the document again, with the same key.';
  return new ParityError('spool_unavailable', message, { retryAfterS: 5 });
}
