import type { Claims } from './claims.ts';
import type { ReleaseRecord } from './record.ts';
import { sprintOf, type Release } from './release.ts';

/** Buckets are turned by so many places a sprint, so that not the same users suffer every sprint. */
const turnPerSprint = 383;
const buckets = 1000;

/** What of the record decides where users go. */
export type Routing = Pick<ReleaseRecord, 'live' | 'candidate' | 'threshold' | 'cohorts'>;

/** Buckets from `from` to `to`, both included. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

/** Which requests a route is for; only verified claims count. */
export type RouteMatch =
  | { readonly kind: 'cohort'; readonly cohort: string }
  | { readonly kind: 'buckets'; readonly ranges: readonly BucketRange[] }
  | { readonly kind: 'everyone' };

/** One line of the routing table: the first that matches decides the release. */
export interface RouteRule {
  readonly match: RouteMatch;
  readonly release: Release;
}

/** Where a request may be served, seen from the cluster that it entered. */
export type Place = 'here' | 'peer' | 'live-here';

/** Where a release is healthy, seen from a cluster. */
export interface HealthyPlaces {
  readonly here: boolean;
  readonly peer: boolean;
}

/**
 * The release that a user is on: the same answer in both clusters (design.md §5). Members of a routed cohort and users
 * whose turned bucket is below the threshold are on the candidate; everybody else, and whoever has no token, on the
 * live release.
 */
export function decide(routing: Routing, claims: Pick<Claims, 'bucket' | 'cohorts'> | undefined): Release {
  const { candidate, live, threshold, cohorts } = routing;
  if (candidate === undefined || claims === undefined) return live.release;
  if (cohorts.some(cohort => claims.cohorts.includes(` ${cohort} `))) return candidate;
  return turned(Number(claims.bucket), candidate) < threshold ? candidate : live.release;
}

/**
 * Where a release is served for a request that came in here: here if it is healthy here, else by the peer, else the
 * live release here.
 */
export function place(healthy: HealthyPlaces): Place {
  if (healthy.here) return 'here';
  return healthy.peer ? 'peer' : 'live-here';
}

/** The order of places that `place` chooses from, as gateways are given it. */
export const placesInOrder = ['here', 'peer', 'live-here'] as const satisfies readonly Place[];

/** `decide` as a table, which is rendered into Istio's objects and into Envoy's routes. */
export function routingTable(routing: Routing): RouteRule[] {
  const { candidate, live, threshold, cohorts } = routing;
  const everyone: RouteRule = { match: { kind: 'everyone' }, release: live.release };
  if (candidate === undefined) return [everyone];
  const rules: RouteRule[] = cohorts.map(cohort => ({
    match: { kind: 'cohort', cohort },
    release: candidate,
  }));
  const ranges = bucketsBelow(threshold, candidate);
  if (ranges.length > 0) rules.push({ match: { kind: 'buckets', ranges }, release: candidate });
  return [...rules, everyone];
}

/** The buckets whose turned place is below the threshold: one run, in two parts where it passes 999. */
export function bucketsBelow(threshold: number, candidate: Release): BucketRange[] {
  if (threshold <= 0) return [];
  if (threshold >= buckets) return [{ from: 0, to: buckets - 1 }];
  const from = (buckets - (turnOf(candidate) % buckets)) % buckets;
  const to = from + threshold - 1;
  if (to < buckets) return [{ from, to }];
  return [
    { from: 0, to: to - buckets },
    { from, to: buckets - 1 },
  ];
}

/** An expression (RE2, whole text) that matches exactly the three-digit buckets of the ranges. */
export function bucketExpression(ranges: readonly BucketRange[]): string {
  return ranges.flatMap(threeDigits).join('|');
}

/** An expression (RE2, whole text) that matches the cohorts claim of a member. */
export function cohortExpression(cohort: string): string {
  return `.* ${cohort} .*`;
}

function turnOf(candidate: Release): number {
  return turnPerSprint * sprintOf(candidate);
}

function turned(bucket: number, candidate: Release): number {
  return (bucket + turnOf(candidate)) % buckets;
}

/** Splits a range at its tens, so that each part varies in its last digits alone. */
function threeDigits({ from, to }: BucketRange): string[] {
  const parts: string[] = [];
  for (let start = from; start <= to;) {
    const span = [100, 10, 1].find(size => start % size === 0 && start + size - 1 <= to) ?? 1;
    const run = Math.floor((Math.min(to, start - (start % (span * 10)) + span * 10 - 1) - start + 1) / span);
    parts.push(digits(start, span, run));
    start += span * run;
  }
  return parts;
}

/** `run` blocks of `span` buckets from `start`, all with the same digits before the one that varies. */
function digits(start: number, span: number, run: number): string {
  const text = String(start).padStart(3, '0');
  const at = 3 - String(span).length;
  const first = Number(text[at]);
  const varying = run === 1 ? String(first) : `[${first}-${first + run - 1}]`;
  return text.slice(0, at) + varying + '[0-9]'.repeat(2 - at);
}
