import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../kit/ports.ts';
import type { Incoming } from '../kit/spool/incoming.ts';

/** What a body may cost. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** A body must bring at least this much a second, seen over `graceMs` and ever after. */
  readonly minBytesPerSecond: number;
  /** Time at the beginning, and between two chunks, in which nothing is asked of a body. */
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
export async function receiveBody(
  body: Body,
  incoming: Incoming,
  { clock, limits }: { clock: Clock; limits: BodyLimits },
): Promise<void> {
  if ((body.length ?? 0) > limits.maxBytes) throw tooLarge(limits);
  const watch = watchRate({ body, clock, limits, received: () => incoming.bytes });
  try {
    for await (const chunk of body.stream) {
      watch.chunk();
      if (incoming.bytes + chunk.length > limits.maxBytes) throw tooLarge(limits);
      await incoming.write(chunk);
    }
  } catch (error) {
    throw error instanceof ParityError ? error : incomplete(error);
  } finally {
    watch.stop();
  }
  if (body.length !== undefined && body.length !== incoming.bytes) throw incomplete();
}

/** Looks four times a grace period; the timer's error arrives in the reading loop. */
function watchRate(watched: { body: Body; clock: Clock; limits: BodyLimits; received: () => number }) {
  const { body, clock, limits, received } = watched;
  const began = clock.monotonic();
  let lastChunk = began;
  const look = () => {
    const now = clock.monotonic();
    const elapsed = now - began;
    const starved = now - lastChunk > limits.graceMs;
    const slow = elapsed > limits.graceMs && received() < (limits.minBytesPerSecond * elapsed) / 1000;
    if (starved || slow) body.stream.destroy(tooSlow(limits));
  };
  const timer = setInterval(look, limits.graceMs / 4);
  return {
    chunk: () => {
      lastChunk = clock.monotonic();
    },
    stop: () => {
      clearInterval(timer);
    },
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
