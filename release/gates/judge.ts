import { isParityError } from '../../domain/errors.ts';
import { parities } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Gate, Policy } from '../policy.ts';
import type { MetricsPort } from '../ports.ts';
import { reasonOf } from './explain.ts';
import { judgeGate, type Certainty } from './judge-gate.ts';
import { noSample, type Sample } from './sample.ts';
import type { GateReading, Judgement, Sides } from './verdict.ts';
import { marginOf, windowsOf, type Window, type Windows } from './windows.ts';

/** In so many of a hundred releases at most a good one is stopped by chance, or one worse by the margin passes. */
const errorRate = 0.01;

/** Comparisons of one gate that may say *worse*: with the objective, with the live release, and of that with before. */
const comparisons = 3;

/**
 * Asks all gates about what the record says is going on. A gate whose figures cannot be had is blind: another may still
 * say *worse*, but nothing passes.
 */
export async function judge(
  record: ReleaseRecord,
  { metrics, policy, nowMs }: { metrics: MetricsPort; policy: Policy; nowMs: number },
): Promise<Judgement> {
  const windows = windowsOf(record, policy, nowMs);
  if (windows === undefined) return { verdict: 'pass', readings: [], why: 'no user is on unproven ground' };
  const certainty = certaintyAt(marginOf(record, policy), policy);
  const readings: GateReading[] = [];
  const looks = [
    () => linkReadings(record, metrics),
    ...policy.gates.map(gate => async () => [
      judgeGate(gate, await sidesOf(gate, windows, metrics), certainty),
    ]),
    () => restartReading(windows, metrics, { policy, users: readings.find(isOfUsers)?.sides }),
  ];
  const blind = new Set<string>();
  for (const look of looks) {
    try {
      readings.push(...(await look()));
    } catch (error) {
      if (!isParityError(error, 'unreachable')) throw error;
      blind.add(error.message);
    }
  }
  const seen = together(readings);
  if (seen.verdict === 'worse' || blind.size === 0) return seen;
  return { verdict: 'blind', readings: [], why: [...blind].join(' ') };
}

/**
 * How sure a gate has to be where a pass must rule out `margin`. Chance is shared out over everything that may say
 * *worse* in a whole release; to pass, a release has to pass everywhere, so there is nothing to share out.
 */
export function certaintyAt(margin: number, { shift, gates, minimumUsers }: Policy): Certainty {
  const holds = shift.length + 2;
  const falseStop = errorRate / (gates.length * holds * comparisons);
  return { margin, minimumUsers, falseStop, falsePass: errorRate };
}

/** The worst verdict is the verdict; its reading says why, and of several the one that holds the release back. */
export function together(readings: readonly GateReading[]): Judgement {
  for (const verdict of ['worse', 'not-enough-evidence'] as const) {
    const such = readings.filter(each => each.verdict === verdict);
    const reading = such.find(({ holdsBack }) => holdsBack) ?? such[0];
    if (reading !== undefined) return { verdict, readings, why: reasonOf(reading) };
  }
  return { verdict: 'pass', readings, why: 'all gates pass' };
}

async function sidesOf(gate: Gate, windows: Windows, metrics: MetricsPort): Promise<Sides> {
  const { measure, routeClass } = gate;
  const ask = async (window: Window | undefined): Promise<Sample> =>
    window === undefined ? noSample : await metrics.sample({ measure, routeClass, ...window });
  const { candidate, live, baseline, together: sameMinutes } = windows;
  return {
    candidate: await ask(candidate),
    live: await ask(live),
    baseline: await ask(baseline),
    together: sameMinutes,
  };
}

const nobody = { candidate: noSample, live: noSample, baseline: noSample };

function isOfUsers({ sides }: GateReading): boolean {
  return sides.candidate.users + sides.live.users > 0;
}

/** Says whether gateways reach each other; it has a reading only while one does not. */
export const peerLinkGate = 'peer link';

/**
 * A gateway that cannot reach the candidate has its users on the live release (failures.md 64). That is not the
 * candidate's fault, and no proof of it either.
 */
async function linkReadings(
  { candidate, live, runs }: ReleaseRecord,
  metrics: MetricsPort,
): Promise<GateReading[]> {
  if (candidate === undefined) return [];
  const without = parities.filter(parity => !runs[parity].includes(candidate));
  const apart = without.length === 0 ? [] : await metrics.apart();
  return apart
    .filter(parity => without.includes(parity))
    .map(parity => ({
      gate: peerLinkGate,
      verdict: 'not-enough-evidence',
      why: `${parity} does not reach its peer, so whoever enters there is on ${live.release}, whatever ${candidate} is like`,
      holdsBack: true,
      sides: { ...nobody, together: true },
    }));
}

/** Restarts are counted, not weighed: a process that ends by itself has a reason. `users` are those who were there. */
async function restartReading(
  { candidate, baseline, together: sameMinutes }: Windows,
  metrics: MetricsPort,
  { policy: { restartLimit }, users }: { policy: Policy; users: Sides | undefined },
): Promise<GateReading[]> {
  const restarts = await metrics.restarts(candidate);
  if (restarts <= restartLimit) return [];
  const ofLive = await metrics.restarts({ ...candidate, release: baseline.release }).catch(unlessUnreachable);
  const there =
    users && `, with ${users.candidate.users} users on the one and ${users.live.users} on the other`;
  const sides = { ...nobody, together: sameMinutes };
  const why =
    `${restarts} processes of ${candidate.release} ended by themselves (limit ${restartLimit}), ` +
    `${ofLive ?? 'nobody knows how many'} of ${baseline.release}${there ?? ''}`;
  return [{ gate: 'restarts', verdict: 'worse', why, sides }];
}

function unlessUnreachable(error: unknown): undefined {
  if (!isParityError(error, 'unreachable')) throw error;
}
