import type { MessageKind } from './messages.ts';
import type { Release } from './release.ts';

const queuePrefixes = {
  'document.accepted': 'documents.accepted',
  'document.stored': 'documents.stored',
} as const satisfies Record<MessageKind, string>;

/**
 * How long a message waits before its next attempt; the last one repeats. One retry queue each, for a quorum queue
 * expires messages only at its head, so that a longer delay would hold up a shorter one behind it.
 */
export const retryDelaysMs = [500, 2_000, 10_000, 30_000] as const;

/** Attempts after which a message's document is parked. */
export const maxAttempts = 8;

/** The queues of one kind of message in one release: a release only meets its own messages (design.md §4). */
export interface QueueNames {
  readonly work: string;
  /** One per entry of `retryDelaysMs`; messages return to `work` through the default exchange. */
  readonly retry: readonly string[];
  /** Where the broker puts what its delivery limit gave up. */
  readonly dead: string;
}

/** The queue names of `kind` in `release`: `documents.accepted.s42`, `….s42.retry.500`, `….s42.dead`. */
export function queueNames(kind: MessageKind, release: Release): QueueNames {
  const work = `${queuePrefixes[kind]}.s${release}`;
  return { work, retry: retryDelaysMs.map(ms => `${work}.retry.${ms}`), dead: `${work}.dead` };
}
