import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import { ParityError } from '../../../domain/errors.ts';

/**
 * A request's bytes. Unlike Node's own request, giving up on it (leaving the loop, or `destroy`) does not cut the
 * connection, so that a refusal in the middle of a body reaches its sender.
 */
export interface RequestBody extends AsyncIterable<Buffer> {
  /** Ends the reading loop with `error`, also while it waits for bytes. */
  destroy(error?: Error): void;
}

/** The body of `request`. Its loop rejects when the client goes away before the end. */
export function requestBody(request: IncomingMessage): RequestBody {
  let wake = () => {};
  let ended = false;
  let failure: Error | undefined;

  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    const onReadable = () => wake();
    const stopWatching = finished(request, { writable: false }, error => {
      ended = true;
      failure ??= error ?? undefined;
      wake();
    });
    request.on('readable', onReadable);
    try {
      for (;;) {
        if (failure) throw failure;
        const chunk = request.destroyed ? null : (request.read() as Buffer | null);
        if (chunk !== null) yield chunk;
        else if (ended) return;
        else await new Promise<void>(resolve => (wake = resolve));
      }
    } finally {
      request.off('readable', onReadable);
      stopWatching();
    }
  }

  return {
    [Symbol.asyncIterator]: chunks,
    destroy: error => {
      failure ??= error ?? new ParityError('incomplete_body', 'The upload was given up: send it again.');
      wake();
    },
  };
}
