import { takeBack } from './record-changes.ts';
import { isLapsed } from './record-laws.ts';
import type { ReleaseRecord } from './record-shape.ts';
import type { Routing } from './routing.ts';

/**
 * What a keeper renders at `nowMs`: the record's routing, or past its `judgedUntil` the routing that taking back would
 * leave: threshold 0 and no cohort, and in a bake the previous release. A pure function of record and clock, so both
 * keepers agree also when the store is away (design.md §6).
 */
export function renderedRouting(record: ReleaseRecord, nowMs: number): Routing {
  const { live, candidate, threshold, cohorts } = isLapsed(record, nowMs) ? takeBack(record) : record;
  return { live, candidate, threshold, cohorts };
}
