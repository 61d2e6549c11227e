import type { Gate, Policy } from '../policy.ts';
import { certaintyAt } from '../gates/judge.ts';
import { judgeGate } from '../gates/judge-gate.ts';
import { noSample, type Sample } from '../gates/sample.ts';
import { patience } from '../watch.ts';

/** A release as chance would have it. */
export interface SimulatedRelease {
  readonly policy: Policy;
  /** Distinct users that a stage's hold sees, of both sides together. */
  readonly users: number;
  /** What the live release has, as a part of each gate's limit. */
  readonly usualPart: number;
  /** How much more of it the candidate has, in the first gate: 0.02 is two points. */
  readonly extra: number;
  /** Whether the extra hits single requests, or the same unlucky users every time. */
  readonly extraHits: 'requests' | 'users';
  /** Looks per hold. */
  readonly looks: number;
}

/** How a simulated release ended. */
export type SimulatedEnd = 'passed' | 'stopped' | 'waited';

/** Requests that a user makes in a hold: as many users of each. */
const requestsOfUsers = [1, 2, 3, 5, 8] as const;

/** One window of figures that a release is judged by. */
interface Hold {
  /** Distinct users on either side, in the time that the hold is meant to last. */
  readonly candidate: number;
  readonly live: number;
  readonly margin: number;
  /** Looks before the hold may end. */
  readonly looks: number;
  readonly needsProof: boolean;
}

/** What one gate has seen so far. */
interface Seen {
  readonly gate: Gate;
  /** The live release before the first user met the candidate, in as much time as a hold has. */
  readonly baseline: Sample;
  candidate: Sample;
  live: Sample;
}

/**
 * Ships a release through beta, all stages, flip and bake of its policy; `random` gives numbers from 0 up to 1. In
 * `verify` there is nothing to simulate: each try is one machine, and fewer than `minimumUsers` are never judged.
 */
function simulateRelease(release: SimulatedRelease, random: () => number): SimulatedEnd {
  const { gates } = release.policy;
  const seen = gates.map((gate): Seen => {
    const { users: until, extraHits } = release;
    const usual = gate.limit * release.usualPart;
    const baseline = arrivals(noSample, { until, usual, extra: 0, extraHits }, random);
    return { gate, baseline, candidate: noSample, live: noSample };
  });
  for (const hold of holdsOf(release)) {
    const end = simulateHold(release, { hold, seen }, random);
    if (end !== 'passed') return end;
  }
  return 'passed';
}

/** As many testers as are just enough to be judged. DNS is flipped under the eyes of the window that the bake ends. */
function holdsOf({ policy, users, looks }: SimulatedRelease): Hold[] {
  const { shift, flip, bake, minimumUsers } = policy;
  const stages = shift.map(({ percent, margin }) => {
    const candidate = (users * percent) / 100;
    return { candidate, live: users - candidate, margin, looks, needsProof: true };
  });
  const testers = { candidate: minimumUsers, live: users, margin: shift[0]?.margin ?? bake.margin };
  const flipLooks = Math.round((looks * flip.percents.length * flip.holdMs) / bake.holdMs);
  return [
    { ...testers, looks, needsProof: false },
    ...stages,
    { candidate: users, live: 0, margin: bake.margin, looks: flipLooks + looks, needsProof: true },
  ];
}

/** Looks again and again while users come in: *worse* stops at any look, and the end is as in `holdEnd`. */
function simulateHold(
  release: SimulatedRelease,
  { hold, seen }: { readonly hold: Hold; readonly seen: readonly Seen[] },
  random: () => number,
): SimulatedEnd {
  const { policy } = release;
  const certainty = certaintyAt(hold.margin, policy);
  const together = hold.live > 0;
  for (const each of seen) {
    each.candidate = noSample;
    if (together) each.live = noSample;
  }
  for (let look = 1; ; look += 1) {
    const readings = seen.map((each, at) => {
      meet(release, { hold, seen: each, look, extra: at === 0 ? release.extra : 0 }, random);
      return judgeGate(each.gate, { ...each, together }, certainty);
    });
    if (readings.some(({ verdict }) => verdict === 'worse')) return 'stopped';
    if (look < hold.looks) continue;
    if (!hold.needsProof || readings.every(({ verdict }) => verdict === 'pass')) return 'passed';
    if (policy.unproven === 'wait') return 'waited';
    if (!readings.some(({ holdsBack }) => holdsBack)) return 'passed';
    if (look >= patience * hold.looks) return 'waited';
  }
}

/** Until this look so many users have met either side. */
function meet(
  { looks, usualPart, extraHits }: SimulatedRelease,
  { hold, seen, look, extra }: { hold: Hold; seen: Seen; look: number; extra: number },
  random: () => number,
): void {
  const usual = seen.gate.limit * usualPart;
  const until = (users: number) => Math.round((users * look) / looks);
  const fate = { usual, extraHits };
  seen.candidate = arrivals(seen.candidate, { ...fate, extra, until: until(hold.candidate) }, random);
  if (hold.live > 0) seen.live = arrivals(seen.live, { ...fate, extra: 0, until: until(hold.live) }, random);
}

interface Arrivals {
  /** Users who are there then, in all. */
  readonly until: number;
  readonly usual: number;
  readonly extra: number;
  readonly extraHits: SimulatedRelease['extraHits'];
}

/** Adds the shares of users who come in; each class of them has its turn, so that few are as mixed as many. */
function arrivals(
  before: Sample,
  { until, usual, extra, extraHits }: Arrivals,
  random: () => number,
): Sample {
  const perRequest = usual + (extraHits === 'requests' ? extra : 0);
  let { sum, sumOfSquares } = before;
  for (const [at, requests] of requestsOfUsers.entries()) {
    const ofClass = (users: number) => Math.floor((users + at) / requestsOfUsers.length);
    const come = ofClass(until) - ofClass(before.users);
    const unlucky = extraHits === 'users' ? binomial(come, extra, random) : 0;
    sum += unlucky;
    sumOfSquares += unlucky;
    const touched = binomial(come - unlucky, 1 - (1 - perRequest) ** requests, random);
    for (let user = 0; user < touched; user += 1) {
      const share = atLeastOne(requests, perRequest, random) / requests;
      sum += share;
      sumOfSquares += share * share;
    }
  }
  return { users: until, sum, sumOfSquares };
}

/** Successes of `tries`; by the gaps between them, which are geometric, so that rare ones cost little. */
function binomial(tries: number, chance: number, random: () => number): number {
  if (chance <= 0) return 0;
  let successes = 0;
  const gap = () => Math.floor(Math.log(1 - random()) / Math.log(1 - chance)) + 1;
  for (let at = gap(); at <= tries; at += gap()) successes += 1;
  return successes;
}

/** A binomial that is known not to be 0. */
function atLeastOne(tries: number, chance: number, random: () => number): number {
  for (;;) {
    let successes = 0;
    for (let at = 0; at < tries; at += 1) if (random() < chance) successes += 1;
    if (successes > 0) return successes;
  }
}

/** Many such releases: how many ended how. */
export function simulateReleases(
  release: SimulatedRelease,
  { count, seed }: { count: number; seed: number },
): Record<SimulatedEnd, number> {
  const random = seededRandom(seed);
  const ends: Record<SimulatedEnd, number> = { passed: 0, stopped: 0, waited: 0 };
  for (let at = 0; at < count; at += 1) ends[simulateRelease(release, random)] += 1;
  return ends;
}

/** Mulberry32 (public domain, Tommy Ettinger): numbers from 0 up to 1 that a seed repeats. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
