import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../kit/ports.ts';
import { sharedWatch } from '../kit/shared-watch.ts';
import type { Incoming } from '../kit/spool/incoming.ts';

/** What a body may cost. Only time in which we wait for its sender counts, not what our own disk takes. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** A body must bring at least this much a second, once `graceMs` have been waited for it. */
  readonly minBytesPerSecond: number;
  /** Wait at the beginning, and between two chunks, in which nothing is asked of a body. */
  readonly graceMs: number;
}

/** A slow mobile network brings more than this; an attacker who holds connections open brings less. */
export const bodyRate = { minBytesPerSecond: 1024, graceMs: 10_000 } as const;

/** A request's body and what it announced. */
export interface Body {
  readonly stream: AsyncIterable<Uint8Array> & { destroy(error?: Error): unknown };
  readonly length: number | undefined;
}

/**
 * Writes a body into the spool as it comes.
 * @throws ParityError `document_too_large` as soon as the limit is crossed, `body_too_slow`, `incomplete_body`.
 */
export type ReceiveBody = (body: Body, incoming: Incoming) => Promise<void>;

/** Makes what receives bodies within `limits`. */
export function bodyReceiver({ clock, limits }: { clock: Clock; limits: BodyLimits }): ReceiveBody {
  const watchRate = rateWatch({ clock, limits });
  return async (body, incoming) => {
    if ((body.length ?? 0) > limits.maxBytes) throw tooLarge(limits);
    const watch = watchRate(body, incoming);
    const chunks = body.stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value: chunk } = await sent(chunks);
        if (done === true) break;
        watch.arrived();
        if (incoming.bytes + chunk.length > limits.maxBytes) throw tooLarge(limits);
        await incoming.write(chunk);
        watch.waiting();
      }
    } finally {
      watch.stop();
      await chunks.return?.();
    }
    if (body.length !== undefined && body.length !== incoming.bytes) throw incomplete();
  };
}

/** What the stream fails with is its sender's doing; what fails while a chunk is worked on is not. */
async function sent(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array, unknown>> {
  try {
    return await chunks.next();
  } catch (error) {
    throw error instanceof ParityError ? error : incomplete(error);
  }
}

/** Looks at all bodies under way four times a grace period; its error arrives in the reading loop. */
function rateWatch({ clock, limits }: { clock: Clock; limits: BodyLimits }) {
  const watch = sharedWatch(clock, limits.graceMs / 4);
  return (body: Body, incoming: Incoming) => {
    let waitedMs = 0;
    let waitingSince: number | undefined = clock.monotonic();
    const look = () => {
      if (waitingSince === undefined) return;
      const pauseMs = clock.monotonic() - waitingSince;
      const askedMs = waitedMs + pauseMs;
      const starved = pauseMs > limits.graceMs;
      const slow = askedMs > limits.graceMs && incoming.bytes < (limits.minBytesPerSecond * askedMs) / 1000;
      if (starved || slow) body.stream.destroy(tooSlow(limits));
    };
    return {
      arrived: () => {
        waitedMs += clock.monotonic() - (waitingSince ?? clock.monotonic());
        waitingSince = undefined;
      },
      waiting: () => {
        waitingSince = clock.monotonic();
      },
      stop: watch(look),
    };
  };
}

function tooLarge(limits: BodyLimits): ParityError {
  return new ParityError('document_too_large', `A document may have at most ${limits.maxBytes} bytes.`);
}

function tooSlow(limits: BodyLimits): ParityError {
  const rate = `${limits.minBytesPerSecond} bytes a second`;
  return new ParityError(
    'body_too_slow',
    `The upload came slower than ${rate}: send it again, with the same key.`,
  );
}

function incomplete(cause?: unknown): ParityError {
  const message =
    'The upload broke off, or had another length than it announced: send it again, with the same key.';
  return new ParityError('incomplete_body', message, { cause });
}
