import { ParityError } from '../../domain/errors.ts';
import { overdue, withinDeadline } from '../kit/deadline.ts';
import type { Clock } from '../kit/ports.ts';

/** A disk with too much to do syncs within seconds; a file server that takes longer is away (failures.md 34). */
export const spoolWithinMs = 10_000;

/** As many calls on files as a process has under way at once (services/main.ts): one more would only wait behind them. */
const mostHanging = 16;

/** Keeps a sender from waiting for a spool that hangs. */
export interface SpoolDeadline {
  /** @throws ParityError `spool_unavailable` while so much hangs that nothing more can be done. */
  mustAnswer(): void;
  /**
   * What comes of `work`, which goes on when its time is up.
   * @throws ParityError `spool_unavailable` after `spoolWithinMs`.
   */
  within<T>(work: Promise<T>): Promise<T>;
}

/** One for all uploads of a process. */
export function spoolDeadline(clock: Clock): SpoolDeadline {
  let hanging = 0;
  return {
    mustAnswer: () => {
      if (hanging >= mostHanging) throw hangs();
    },
    within: async work => {
      const result = await withinDeadline(work, { clock, ms: spoolWithinMs });
      if (result !== overdue) return result;
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
