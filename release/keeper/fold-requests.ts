import type { Release } from '../../domain/release.ts';
import { sampleOf, type Sample } from '../gates/sample.ts';
import type { Measure } from '../ports.ts';

/** One line of the entry gateway's access log, as far as gates care. */
export interface LoggedRequest {
  readonly user: string;
  readonly release: Release;
  readonly routeClass: string;
  /** True for what counts against the release: a 5xx, or no answer. */
  readonly failed: boolean;
  readonly tookMs: number;
}

/** Which figures are asked for; all route classes if none is named. */
export interface FoldQuery {
  readonly measure: Extract<Measure, 'errors' | 'slow'>;
  readonly release: Release;
  readonly routeClass?: string;
}

/** Requests of one window, folded per user in memory; what leaves it are figures without ids (design.md §6). */
export interface RequestFold {
  add(request: LoggedRequest): void;
  sample(query: FoldQuery): Sample;
}

interface Tally {
  requests: number;
  errors: number;
  slow: number;
}

/**
 * A fold for one window: a keeper begins a new one whenever the record's `evidence.from` changes, because distinct users
 * of two windows cannot be added up. `slowOverMs` is the latency objective per route class; others are never slow.
 */
export function foldRequests(slowOverMs: Readonly<Record<string, number>>): RequestFold {
  const releases = new Map<Release, Map<string, Map<string, Tally>>>();
  return {
    add: ({ user, release, routeClass, failed, tookMs }) => {
      const users = kept(releases, release, () => new Map<string, Map<string, Tally>>());
      const classes = kept(users, user, () => new Map<string, Tally>());
      const tally = kept(classes, routeClass, () => ({ requests: 0, errors: 0, slow: 0 }));
      tally.requests += 1;
      if (failed) tally.errors += 1;
      if (tookMs > (slowOverMs[routeClass] ?? Infinity)) tally.slow += 1;
    },
    sample: ({ measure, release, routeClass }) => {
      const users = [...(releases.get(release)?.values() ?? [])];
      const tallies = users.map(classes => pick(classes, routeClass)).filter(all => all.length > 0);
      return sampleOf(tallies.map(all => total(all, measure) / total(all, 'requests')));
    },
  };
}

function pick(classes: ReadonlyMap<string, Tally>, routeClass: string | undefined): Tally[] {
  if (routeClass === undefined) return [...classes.values()];
  const tally = classes.get(routeClass);
  return tally === undefined ? [] : [tally];
}

function total(tallies: readonly Tally[], what: keyof Tally): number {
  return tallies.reduce((sum, tally) => sum + tally[what], 0);
}

function kept<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
