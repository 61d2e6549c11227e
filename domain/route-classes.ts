import type { RouteClass } from './catalogue.ts';

/** What routes of a class carry at the most. */
export interface RouteClassLimits {
  /** Of a request, in bytes; what is larger may be refused before it reaches a service. */
  readonly bodyBytes: number;
  /** How long an answer may take to begin, in milliseconds, once the request is there; undefined: as long as it comes. */
  readonly answerWithinMs: number | undefined;
}

const none = 0;

/**
 * The limits of each class. A service has its own, which are stricter or the same (an installation may lower the size
 * of documents); these are for whoever stands before it. 15 s is what a database fail-over takes with a reserve; an
 * upload is bounded by its minimum rate, since hours are honest for 2 GiB from a lorry.
 */
export const routeClasses = {
  upload: { bodyBytes: 2 * 1024 ** 3, answerWithinMs: undefined },
  read: { bodyBytes: none, answerWithinMs: 15_000 },
  content: { bodyBytes: none, answerWithinMs: 15_000 },
  link: { bodyBytes: none, answerWithinMs: 15_000 },
  change: { bodyBytes: 8 * 1024, answerWithinMs: 15_000 },
  admin: { bodyBytes: none, answerWithinMs: 15_000 },
} as const satisfies Record<RouteClass, RouteClassLimits>;
