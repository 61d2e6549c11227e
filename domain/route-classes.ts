import type { RouteClass } from './catalogue.ts';

/** What routes of a class carry at the most. */
export interface RouteClassLimits {
  /** Of a request, in bytes; what is larger may be refused before it reaches a service. */
  readonly bodyBytes: number;
  /** How long an answer may take to begin, in milliseconds, once the request is there; undefined: as long as it comes. */
  readonly answerWithinMs: number | undefined;
  /**
   * The objective of releases: an answer that begins later than this, in milliseconds once the request is there, is
   * slow. Not a limit: a slow answer is as good as any.
   */
  readonly slowOverMs: number;
}

const none = 0;

/**
 * The limits of each class. A service has its own, which are stricter or the same (an installation may lower the size
 * of documents); these are for whoever stands before it. 15 s is what a database fail-over takes with a reserve; an
 * upload is bounded by its minimum rate, since hours are honest for 2 GiB from a lorry.
 *
 * Slowness counts from the last byte of the request to the first of the answer, so that neither a document's size nor
 * the driver's network is held against a release (docs/decisions/0045). 300 ms is a
 * little more than the 250 ms that accepting may take at the rated load of a laptop, and still "at once" for a person;
 * whoever administers waits a second for a search.
 */
export const routeClasses = {
  upload: { bodyBytes: 2 * 1024 ** 3, answerWithinMs: undefined, slowOverMs: 300 },
  read: { bodyBytes: none, answerWithinMs: 15_000, slowOverMs: 300 },
  content: { bodyBytes: none, answerWithinMs: 15_000, slowOverMs: 300 },
  link: { bodyBytes: none, answerWithinMs: 15_000, slowOverMs: 300 },
  change: { bodyBytes: 8 * 1024, answerWithinMs: 15_000, slowOverMs: 300 },
  admin: { bodyBytes: none, answerWithinMs: 15_000, slowOverMs: 1_000 },
} as const satisfies Record<RouteClass, RouteClassLimits>;
