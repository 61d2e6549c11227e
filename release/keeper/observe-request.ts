import type { RouteClass } from '../../domain/catalogue.ts';
import type { Release } from '../../domain/release.ts';
import { routeClasses } from '../../domain/route-classes.ts';
import type { Observation } from './window-figures.ts';

/** One finished request in the words of the gateway that it entered by. */
export interface EnteredRequest {
  readonly atMs: number;
  readonly user: string;
  /** The release that was decided for it, whoever answered. */
  readonly decided: Release;
  /** The release whose service answered; undefined when the gateway did, or nobody. */
  readonly answeredBy: Release | undefined;
  /** Undefined for a route that this checkout's catalogue does not know. */
  readonly routeClass: RouteClass | undefined;
  /** 0: there was no answer. */
  readonly status: number;
  /** True when the client went away before there was one. */
  readonly abandoned: boolean;
  /** From the end of the request to the beginning of the answer; without an answer as long as it lasted. */
  readonly tookMs: number;
  /** The document that it brought, when it was accepted. */
  readonly document: string | undefined;
}

/**
 * What a request says of the release that was decided for it (docs/decisions/0045). A client that went away is no
 * failure, but may have waited too long.
 */
export function observeRequest(request: EnteredRequest): Observation[] {
  const { atMs, user, decided, routeClass, tookMs } = request;
  const slow = routeClass !== undefined && tookMs > routeClasses[routeClass].slowOverMs;
  const of = { atMs, user, release: decided, routeClass };
  return [
    { ...of, measure: 'errors', bad: hasFailed(request) },
    { ...of, measure: 'slow', bad: slow },
  ];
}

/** Answered by a 5xx, by nobody, or by another release: then the live one has helped out. A refusal (4xx) is an answer. */
export function hasFailed({ decided, answeredBy, status, abandoned }: EnteredRequest): boolean {
  return status >= 500 || (status === 0 && !abandoned) || (answeredBy ?? decided) !== decided;
}
