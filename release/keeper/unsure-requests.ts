import type { EnteredRequest } from './observe-request.ts';

/**
 * After so long it is known whether a gateway sees its peer: it notices within two seconds that it does not, and is
 * asked every half second.
 */
const knownAfterMs = 3_000;

/** What began so soon after a look that saw no peer may have begun before the gateway saw it again. */
const unsureForMs = 1_000;

/**
 * Requests whose release can only be had from the peer, and did not answer. Either it was not there, or the way to it
 * was not; they wait until that can be told.
 */
export interface UnsureRequests {
  add(request: EnteredRequest, nowMs: number): void;
  /** The gateway does not see its peer: whatever began until now, and went wrong, says nothing of a release. */
  unseen(nowMs: number): void;
  /** Takes out those whose way was there all the while: their release was not. */
  known(nowMs: number): EnteredRequest[];
  /** Since when the oldest waits. */
  sinceMs(): number | undefined;
}

/** Nothing waits. */
export function unsureRequests(): UnsureRequests {
  let waiting: { readonly request: EnteredRequest; readonly sinceMs: number }[] = [];
  let lastUnseenMs = -Infinity;
  return {
    add: (request, sinceMs) => void waiting.push({ request, sinceMs }),
    unseen: nowMs => {
      lastUnseenMs = nowMs;
    },
    known: nowMs => {
      const told = waiting.filter(({ request }) => request.atMs > lastUnseenMs + unsureForMs);
      waiting = told.filter(({ sinceMs }) => nowMs - sinceMs < knownAfterMs);
      return told.filter(each => !waiting.includes(each)).map(({ request }) => request);
    },
    sinceMs: () => waiting[0]?.sinceMs,
  };
}
