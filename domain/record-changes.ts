import { ParityError } from './errors.ts';
import { parities, peerOf, perParity, type Parity } from './parity.ts';
import { isBaking, isExposed, isLapsed, namedReleases, runsInBoth } from './record-laws.ts';
import type { ReleaseRecord } from './record-shape.ts';
import type { StepId } from './release-step.ts';
import { compareReleases, parityOfRelease, sprintOf, type Release } from './release.ts';

/** Now, and for how long from now somebody answers for what users see. */
export interface Judged {
  readonly nowMs: number;
  readonly judgedForMs: number;
}

/**
 * Names `release` the candidate, before anything of it is started. A repaired build takes the place of a candidate of
 * its sprint that no user is on; that one retires.
 */
export function begin(record: ReleaseRecord, release: Release): ReleaseRecord {
  const { live, candidate, retiring } = record;
  unless(
    !isBaking(record),
    `Release ${live.release} is in its bake: wait until it has settled, or roll it back.`,
  );
  unless(
    parityOfRelease(release) !== live.parity,
    `Release ${release} ships to ${live.parity}, which is live: turn first.`,
  );
  unless(
    compareReleases(release, live.release) > 0,
    `Release ${release} is not newer than ${live.release}, which is live.`,
  );
  unless(
    !retiring.includes(release),
    `Release ${release} has been given up: ship a repaired build of its sprint.`,
  );
  if (candidate === undefined) return { ...record, candidate: release, approved: [] };
  const sameSprint = sprintOf(candidate) === sprintOf(release);
  unless(
    candidate !== release && sameSprint && !isExposed(record),
    `Release ${candidate} is being shipped: resume or abort it first.`,
  );
  return { ...record, candidate: release, retiring: [...retiring, candidate], approved: [] };
}

/** Notes which step the engine runs; what happened before it is done. */
export function enterStep(record: ReleaseRecord, step: StepId): ReleaseRecord {
  return { ...record, step };
}

/** Notes that `release` has been started on a cluster and is ready there. */
export function started(record: ReleaseRecord, at: { release: Release; parity: Parity }): ReleaseRecord {
  const { release, parity } = at;
  unless(namedReleases(record).includes(release), `Release ${release} is not part of the pair any more.`);
  if (record.runs[parity].includes(release)) return record;
  return withRuns(record, (of, running) => (of === parity ? [...running, release] : running));
}

/** Sends cohorts to the candidate; the others stay where they are. */
export function routeCohorts(
  record: ReleaseRecord,
  to: { cohorts: readonly string[] } & Judged,
): ReleaseRecord {
  mayExpose(record, to.nowMs);
  const cohorts = [...new Set([...record.cohorts, ...to.cohorts])];
  return judgedAnew(record, { cohorts }, to);
}

/** Moves the threshold; raising it never moves a user back (design.md §5). */
export function shift(record: ReleaseRecord, to: { threshold: number } & Judged): ReleaseRecord {
  mayExpose(record, to.nowMs);
  return judgedAnew(record, { threshold: to.threshold }, to);
}

/** Says that somebody still judges; never for a judgement that has lapsed, and never for a shorter time. */
export function extend(record: ReleaseRecord, to: Judged): ReleaseRecord {
  const { judgedUntil } = record;
  if (judgedUntil === undefined) return refuse('No user is on unproven ground: there is nothing to judge.');
  unless(
    !isLapsed(record, to.nowMs),
    `The judgement ended at ${judgedUntil}: what was not judged has been taken back.`,
  );
  const until = Math.max(Date.parse(judgedUntil), to.nowMs + to.judgedForMs);
  return { ...record, judgedUntil: instant(until) };
}

/** Somebody is there again: what nobody was to judge for long ends as soon as he is gone. Never a longer time. */
export function attend(record: ReleaseRecord, to: Judged): ReleaseRecord {
  const { judgedUntil } = record;
  if (judgedUntil === undefined || isLapsed(record, to.nowMs)) return record;
  const until = Math.min(Date.parse(judgedUntil), to.nowMs + to.judgedForMs);
  return { ...record, judgedUntil: instant(until) };
}

/** Roles change over: the candidate is live, on its own cluster, and the release before stands ready in both. */
export function flip(record: ReleaseRecord, to: Judged): ReleaseRecord {
  const { live, retiring, threshold } = record;
  const candidate = mayExpose(record, to.nowMs);
  unless(
    threshold === 1000,
    `Only ${threshold / 10} % of the users are on ${candidate}: shift everybody first.`,
  );
  unless(
    runsInBoth(record, candidate),
    `Release ${candidate} does not run in both clusters: a flip would leave no cover.`,
  );
  const leaving = retiring.filter(release => sprintOf(release) < sprintOf(live.release));
  unless(
    leaving.length === 0,
    `Release ${leaving.join(', ')} has not left yet: finish its retirement first.`,
  );
  const flipped = { live: { parity: peerOf(live.parity), release: candidate }, previous: live.release };
  return judgedAnew(record, { ...flipped, candidate: undefined, threshold: 0, cohorts: [] }, to);
}

/** Ends the bake: the release before retires. */
export function settle(record: ReleaseRecord, at: { nowMs: number }): ReleaseRecord {
  const { previous, retiring } = record;
  if (previous === undefined) return refuse('No release is in its bake: there is nothing to settle.');
  unless(!isLapsed(record, at.nowMs), `Nobody judged in time: users are back on ${previous}.`);
  return { ...unjudged(record), retiring: [...retiring, previous] };
}

/**
 * Takes every user back to the release before: out of a bake by making it live again on its cluster, else by emptying
 * threshold and cohorts. The release taken back stays deployed as candidate, so that one can look at it.
 */
export function takeBack(record: ReleaseRecord): ReleaseRecord {
  const { candidate, live, previous } = record;
  unless(
    candidate !== undefined || previous !== undefined,
    'No release is being shipped: there is nothing to take back.',
  );
  const rest = { ...unjudged(record), threshold: 0, cohorts: [] };
  if (previous === undefined) return { ...rest, candidate };
  return { ...rest, candidate: live.release, live: { parity: peerOf(live.parity), release: previous } };
}

/** Gives up a candidate that no user is on; it retires. */
export function rejectCandidate(record: ReleaseRecord): ReleaseRecord {
  const { candidate, retiring } = record;
  if (candidate === undefined) return refuse('No release is being shipped: there is nothing to give up.');
  unless(!isExposed(record), `Users are on ${candidate}: roll it back first.`);
  return { ...unjudged(record), retiring: [...retiring, candidate] };
}

/** A flip without a new release: the cover takes over. */
export function turn(record: ReleaseRecord): ReleaseRecord {
  const { candidate, live, previous } = record;
  const busy = candidate ?? (previous && live.release);
  unless(busy === undefined, `Release ${busy} is being shipped: wait until it has settled, or abort it.`);
  return { ...record, live: { ...live, parity: peerOf(live.parity) } };
}

/** A person says that a step may be left. */
export function approve(record: ReleaseRecord, step: StepId): ReleaseRecord {
  unless(
    record.candidate !== undefined || isBaking(record),
    'No release is being shipped: there is nothing to approve.',
  );
  return { ...record, approved: [...new Set([...record.approved, step])] };
}

/** Notes that a retiring release is about to be stopped in both clusters: from now on it does not count as running. */
export function stopped(record: ReleaseRecord, release: Release): ReleaseRecord {
  unless(record.retiring.includes(release), `Release ${release} is not retiring: it must not be stopped.`);
  return withRuns(record, (_, running) => running.filter(other => other !== release));
}

/** Forgets a release of which nothing is left. */
export function retired(record: ReleaseRecord, release: Release): ReleaseRecord {
  unless(!parities.some(parity => record.runs[parity].includes(release)), `Release ${release} still runs.`);
  return { ...record, retiring: record.retiring.filter(other => other !== release) };
}

function refuse(message: string): never {
  throw new ParityError('release_refused', message);
}

function unless(allowed: boolean, message: string): void {
  if (!allowed) refuse(message);
}

/** The candidate, if users may be sent to it. */
function mayExpose(record: ReleaseRecord, nowMs: number): Release {
  const { candidate, live } = record;
  if (candidate === undefined) return refuse('No release is being shipped.');
  const idle = peerOf(live.parity);
  unless(
    record.runs[idle].includes(candidate),
    `Release ${candidate} does not run on ${idle}: deploy it first.`,
  );
  unless(
    !isLapsed(record, nowMs),
    `The judgement ended at ${record.judgedUntil}: roll back, then ship again.`,
  );
  return candidate;
}

/** Below this share of the users, in thousandths, a side has too few to be compared with (design.md §6: 95 %). */
export const starvedBelow = 50;

/** The present routing counts from now; a window in which both sides had users enough is kept to compare with. */
function judgedAnew(
  before: ReleaseRecord,
  changes: Partial<ReleaseRecord>,
  { nowMs, judgedForMs }: Judged,
): ReleaseRecord {
  const now = instant(nowMs);
  const { evidence, threshold } = before;
  const fair = threshold >= starvedBelow && threshold <= 1000 - starvedBelow;
  const reference = evidence && fair ? { from: evidence.from, to: now } : evidence?.reference;
  return {
    ...before,
    ...changes,
    judgedUntil: instant(nowMs + judgedForMs),
    evidence: { exposedFrom: evidence?.exposedFrom ?? now, from: now, reference },
  };
}

/** Without what only a release under way has. */
function unjudged(record: ReleaseRecord): ReleaseRecord {
  return {
    ...record,
    candidate: undefined,
    previous: undefined,
    step: undefined,
    approved: [],
    judgedUntil: undefined,
    evidence: undefined,
  };
}

function withRuns(
  record: ReleaseRecord,
  change: (parity: Parity, running: Release[]) => Release[],
): ReleaseRecord {
  return { ...record, runs: perParity(parity => change(parity, record.runs[parity])) };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
