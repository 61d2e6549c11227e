import { parities, peerOf } from './parity.ts';
import type { ReleaseRecord } from './record-shape.ts';
import { parityOfRelease, type Release } from './release.ts';

/** True while users are on the candidate: some threshold, or some cohort. */
export function isExposed(record: Pick<ReleaseRecord, 'threshold' | 'cohorts'>): boolean {
  return record.threshold > 0 || record.cohorts.length > 0;
}

/** True between flip and settle, while the release before can be taken back to. */
export function isBaking(record: Pick<ReleaseRecord, 'previous'>): boolean {
  return record.previous !== undefined;
}

/** True when nobody has judged in time: what users see must not depend on the judge being alive. */
export function isLapsed(record: Pick<ReleaseRecord, 'judgedUntil'>, nowMs: number): boolean {
  return (judgementLeftMs(record, nowMs) ?? 0) < 0;
}

/**
 * For how many milliseconds what users see stays as it is if nobody judges, negative once that is over; undefined while
 * no user is on unproven ground.
 */
export function judgementLeftMs(
  { judgedUntil }: Pick<ReleaseRecord, 'judgedUntil'>,
  nowMs: number,
): number | undefined {
  return judgedUntil === undefined ? undefined : Date.parse(judgedUntil) - nowMs;
}

/** Every release that the record gives a role, each as often as it does. */
export function namedReleases(record: ReleaseRecord): Release[] {
  const { live, candidate, previous, retiring } = record;
  return [live.release, candidate, previous, ...retiring].filter(release => release !== undefined);
}

/** What keeps a record from being one, in words; empty for a lawful record. */
export function recordFaults(record: ReleaseRecord): string[] {
  return laws.filter(({ holds }) => !holds(record)).map(({ says }) => says);
}

interface Law {
  readonly says: string;
  readonly holds: (record: ReleaseRecord) => boolean;
}

const laws: readonly Law[] = [
  {
    says: 'a release has one role only',
    holds: record => isSet(namedReleases(record)),
  },
  {
    says: 'what runs has a role, and is named once for a cluster',
    holds: ({ runs, ...record }) =>
      parities.every(
        parity =>
          isSet(runs[parity]) &&
          runs[parity].every(release => namedReleases({ runs, ...record }).includes(release)),
      ),
  },
  {
    says: 'the live release runs in both clusters: the cover never lapses',
    holds: record => runsInBoth(record, record.live.release),
  },
  {
    says: 'nothing is shipped while a release is in its bake',
    holds: record => record.candidate === undefined || !isBaking(record),
  },
  {
    says: 'the candidate ships to the idle cluster',
    holds: ({ candidate, live }) =>
      candidate === undefined || parityOfRelease(candidate) === peerOf(live.parity),
  },
  {
    says: 'users go to a candidate only, and only where it runs',
    holds: record =>
      !isExposed(record) ||
      (record.candidate !== undefined && record.runs[peerOf(record.live.parity)].includes(record.candidate)),
  },
  {
    says: 'the release before runs in both clusters until the bake ends',
    holds: record => record.previous === undefined || runsInBoth(record, record.previous),
  },
  {
    says: 'judgedUntil stands exactly while users are on unproven ground, and evidence with it',
    holds: record => {
      const judged = isExposed(record) || isBaking(record);
      return (record.judgedUntil !== undefined) === judged && (record.evidence !== undefined) === judged;
    },
  },
];

/** True when `release` runs in both clusters. */
export function runsInBoth({ runs }: Pick<ReleaseRecord, 'runs'>, release: Release): boolean {
  return parities.every(parity => runs[parity].includes(release));
}

function isSet(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
