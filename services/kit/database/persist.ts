import { ParityError, isParityError } from '../../../domain/errors.ts';
import type { Clock, Random } from '../ports.ts';

/** What a failed attempt means: `again` may succeed, `away` is unavailable at once, `broken` will never succeed. */
export type Failure = 'again' | 'away' | 'broken';

/** One attempt. A repeated one follows an attempt whose outcome is unknown. */
export interface Attempt {
  /** Whole milliseconds, at least 1. */
  readonly leftMs: number;
  readonly isRepeat: boolean;
}

/** An attempt that failed and will be repeated. */
export interface Retry {
  readonly what: string;
  readonly attempt: number;
  readonly cause: unknown;
}

/** What repeating needs. */
export interface PersistOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'delay'>;
  readonly random: Random;
  /** Milliseconds for all attempts together. */
  readonly deadlineMs: number;
  readonly classify: (error: unknown) => Failure;
  readonly onRetry?: (retry: Retry) => void;
  /** Aborted when the database is closed: nothing is repeated then. */
  readonly closed?: AbortSignal;
}

/**
 * Attempts something until it is known to have happened, or the deadline is over.
 * @throws ParityError `database_unavailable`, or `internal` for a failure that no repeat would mend.
 */
export type Persist = <R>(what: string, attempt: (attempt: Attempt) => Promise<R>) => Promise<R>;

/** Pauses grow from 20 ms: a deadlock or a lost race is over by then; a restart or an election takes some of the longest. */
const firstPauseMs = 20;
const longestPauseMs = 500;

/** A fail-over is mostly over after that. */
const retryAfterS = 5;

/** The database did not answer; try again later. An attempt that throws it is repeated. */
export function databaseUnavailable(what: string, cause?: unknown): ParityError {
  const message = `The database does not answer (${what}); try again later.`;
  return new ParityError('database_unavailable', message, { cause, retryAfterS });
}

/** Makes the one loop that all calls to the database go through. */
export function createPersist(options: PersistOptions): Persist {
  const { clock, random, deadlineMs, onRetry, closed } = options;
  return async (what, attempt) => {
    const end = clock.monotonic() + deadlineMs;
    for (let tries = 1; ; tries++) {
      try {
        const leftMs = Math.max(1, Math.ceil(end - clock.monotonic()));
        return await within(clock, leftMs, attempt({ leftMs, isRepeat: tries > 1 }));
      } catch (error) {
        const pauseMs = pauseAfter(tries, random);
        const inTime = clock.monotonic() + pauseMs < end;
        if (!mayRepeat(what, options, error) || !inTime) throw databaseUnavailable(what, error);
        onRetry?.({ what, attempt: tries, cause: error });
        await clock.delay(pauseMs, closed).catch(cause => Promise.reject(databaseUnavailable(what, cause)));
      }
    }
  };
}

/** Throws what is nobody's outage; false when no repeat can help now. */
function mayRepeat(what: string, { classify, closed }: PersistOptions, error: unknown): boolean {
  if (closed?.aborted === true) return false;
  if (isParityError(error, 'database_unavailable')) return true;
  if (error instanceof ParityError || error instanceof TypeError) throw error;
  const failure = classify(error);
  if (failure === 'broken') {
    throw new ParityError('internal', `The database refused what it was asked (${what}).`, { cause: error });
  }
  return failure === 'again';
}

/** Half of it is random, so that those who failed together do not come back together. */
function pauseAfter(tries: number, random: Random): number {
  const base = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
  return base / 2 + (base / 2) * (random.bytes(2).readUInt16BE() / 0x10000);
}

/** The result, or `database_unavailable` when the time is over: nobody waits for it then. */
async function within<R>(clock: PersistOptions['clock'], ms: number, result: Promise<R>): Promise<R> {
  const settled = new AbortController();
  const over = () => Promise.reject(databaseUnavailable(`no answer in ${ms} ms`));
  const timeout = clock.delay(ms, settled.signal).then(over, over);
  timeout.catch(() => {});
  try {
    return await Promise.race([result, timeout]);
  } finally {
    settled.abort();
  }
}
