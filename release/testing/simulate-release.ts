import type { Policy } from '../policy.ts';
import { certaintyAt } from '../gates/judge.ts';
import { judgeGate } from '../gates/judge-gate.ts';
import { noSample, type Sample } from '../gates/sample.ts';
import type { Verdict } from '../gates/verdict.ts';

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

/** Ships a release through all stages and the bake of its policy; `random` gives numbers from 0 up to 1. */
export function simulateRelease(release: SimulatedRelease, random: () => number): SimulatedEnd {
  const { policy, users } = release;
  const stages = [...policy.shift, { percent: 100, margin: policy.bake.margin }];
  const references = new Map<string, Sample>();
  for (const { percent, margin } of stages) {
    const fair = percent <= 95;
    const sides = { candidate: (users * percent) / 100, live: fair ? users * (1 - percent / 100) : 0 };
    const { verdict, against } = simulateHold(release, { ...sides, margin, fair, references }, random);
    if (verdict === 'worse') return 'stopped';
    if (against || (verdict === 'not-enough-evidence' && policy.unproven === 'wait')) return 'waited';
  }
  return 'passed';
}

interface Hold {
  readonly candidate: number;
  readonly live: number;
  readonly margin: number;
  readonly fair: boolean;
  readonly references: Map<string, Sample>;
}

/** Looks again and again while users come in; the last look decides, but *worse* at any of them stops. */
function simulateHold(
  release: SimulatedRelease,
  hold: Hold,
  random: () => number,
): { verdict: Verdict; against: boolean } {
  const { policy, looks, usualPart } = release;
  const { references, fair } = hold;
  const certainty = certaintyAt(hold.margin, policy);
  let last: Verdict = 'pass';
  let against = false;
  for (const [at, gate] of policy.gates.entries()) {
    const usual = gate.limit * usualPart;
    const extra = at === 0 ? release.extra : 0;
    let [candidate, live]: [Sample, Sample] = [
      noSample,
      fair ? noSample : (references.get(gate.name) ?? noSample),
    ];
    for (let look = 1; look <= looks; look += 1) {
      candidate = add(
        candidate,
        arrivals({ ...release, users: hold.candidate / looks, usual, extra }, random),
      );
      if (fair) live = add(live, arrivals({ ...release, users: hold.live / looks, usual, extra: 0 }, random));
      const reading = judgeGate(gate, { candidate, live, baseline: noSample, together: fair }, certainty);
      if (reading.verdict === 'worse') return { verdict: 'worse', against };
      if (look < looks || reading.verdict === 'pass') continue;
      last = reading.verdict;
      against ||= reading.against === true;
    }
    if (fair) references.set(gate.name, live);
  }
  return { verdict: last, against };
}

interface Arrivals {
  readonly users: number;
  readonly usual: number;
  readonly extra: number;
  readonly extraHits: SimulatedRelease['extraHits'];
}

/** The shares of users who come in between two looks. */
function arrivals({ users, usual, extra, extraHits }: Arrivals, random: () => number): Sample {
  const unlucky = extraHits === 'users' ? binomial(Math.round(users), extra, random) : 0;
  const perRequest = usual + (extraHits === 'requests' ? extra : 0);
  const each = Math.round((users - unlucky) / requestsOfUsers.length);
  let sum = unlucky;
  let sumOfSquares = unlucky;
  for (const requests of requestsOfUsers) {
    const touched = binomial(each, 1 - (1 - perRequest) ** requests, random);
    for (let user = 0; user < touched; user += 1) {
      const share = atLeastOne(requests, perRequest, random) / requests;
      sum += share;
      sumOfSquares += share * share;
    }
  }
  return { users: each * requestsOfUsers.length + unlucky, sum, sumOfSquares };
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

function add(a: Sample, b: Sample): Sample {
  return { users: a.users + b.users, sum: a.sum + b.sum, sumOfSquares: a.sumOfSquares + b.sumOfSquares };
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
