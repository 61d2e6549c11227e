import type { Random } from '../ports.ts';

/**
 * What a message carries about its earlier attempts. A retry is a new message, so the broker's own count of
 * deliveries starts again and is folded into ours first.
 */
export interface Trail {
  /** Attempts that failed, by our own count and by processes that died. */
  readonly attempts: number;
  /** Times that it was put back, counted as an attempt or not; chooses the delay. */
  readonly retries: number;
  readonly lastReason: string | undefined;
  /** The broker's delivery limit gave it up; it may only be parked. */
  readonly givenUp: boolean;
}

/** The trail of a message that nobody has tried yet. */
export const freshTrail: Trail = { attempts: 0, retries: 0, lastReason: undefined, givenUp: false };

const headers = {
  attempts: 'x-parity-attempts',
  retries: 'x-parity-retries',
  lastReason: 'x-parity-last-reason',
  givenUp: 'x-parity-given-up',
  /** RabbitMQ's own, of quorum queues: earlier deliveries whose consumer went away without an answer. */
  deliveries: 'x-delivery-count',
} as const;

/** A reason longer than this is cut: a broker's frame for headers is small, and people read it. */
const longestReason = 500;

/** Reads a message's headers; what is not ours to understand counts as absent. */
export function readTrail(from: Readonly<Record<string, unknown>> | undefined): Trail {
  const reason = from?.[headers.lastReason];
  return {
    attempts: count(from?.[headers.attempts]) + count(from?.[headers.deliveries]),
    retries: count(from?.[headers.retries]),
    lastReason: typeof reason === 'string' ? reason : undefined,
    givenUp: from?.[headers.givenUp] === true,
  };
}

/** A message's id, unique to one publish and its repeats: 128 random bits. */
export function newMessageId(random: Random): string {
  return random.bytes(16).toString('hex');
}

/** The headers that `readTrail` reads. */
export function writeTrail(trail: Trail): Record<string, string | number | boolean> {
  return {
    [headers.attempts]: trail.attempts,
    [headers.retries]: trail.retries,
    [headers.givenUp]: trail.givenUp,
    ...(trail.lastReason !== undefined && { [headers.lastReason]: trail.lastReason.slice(0, longestReason) }),
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.trunc(value) : 0;
}
