import { ParityError } from '../../domain/errors.ts';

/** What has been opened and must be closed again, the last first. */
export interface Closing {
  /**
   * Notes how to close what was just opened. @throws ParityError `not_running` when closing has begun meanwhile: then
   * it is closed at once.
   */
  opened(close: () => Promise<unknown>): Promise<void>;
  /** Aborted when closing begins. */
  readonly begun: AbortSignal;
  /** Closes everything, whatever fails on the way; the same promise for everybody. */
  close(): Promise<void>;
}

/** Starts with nothing open. `onFailure` hears what could not be closed. */
export function createClosing(onFailure: (error: unknown) => void): Closing {
  const closers: (() => Promise<unknown>)[] = [];
  const begun = new AbortController();
  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    begun.abort();
    for (const close of closers.toReversed()) await close().catch(onFailure);
  };
  return {
    begun: begun.signal,
    opened: async close => {
      if (closing === undefined) {
        closers.push(close);
        return;
      }
      await close();
      throw new ParityError('not_running', 'Parity was stopped while it was starting.');
    },
    close: () => (closing ??= closeAll()),
  };
}
