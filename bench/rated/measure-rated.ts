import { startFleet, type Fleet } from '../../faults/fleet/fleet.ts';
import { usualMix } from '../../faults/fleet/papers.ts';
import { percentile } from '../../faults/open-load.ts';
import { poll, type RunningPair } from '../../faults/running-pair.ts';
import type { PairStatus } from '../../local/control/control-api.ts';
import { readTokenSigningKey } from '../../local/keys/token-signing-key.ts';
import { statePaths } from '../../local/state/state-paths.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { judge, type Verdict } from '../verdict.ts';
import { searchRate, type Trial } from './search-rate.ts';

/** What a rate did to the pair. */
export interface RatedTrial extends Trial {
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  /** Papers accepted and not yet pushed, at the end more than at the beginning. */
  readonly queueGrowth: number;
  readonly failedRequests: number;
}

/** The rated load of a machine, and how it was found. */
export interface RatedFigures {
  readonly mix: string;
  readonly drivers: number;
  readonly trials: readonly RatedTrial[];
  /** Papers a second; undefined when not even the least rate held. */
  readonly perSecond: number | undefined;
}

const acceptWithinMs = 250;
const drivers = 200;
const rates = { first: 8, least: 1 } as const;
const warmMs = 2_000;
const holdMs = 10_000;
/** What may lie between two looks without being growth: half a second's worth of papers, and never fewer than these. */
const usualBacklog = 5;
const drainWithinMs = 60_000;

/** Searches what the pair sustains with accept p99 below 250 ms and no queue growth (issue 5: rated load). */
export async function measureRated(pair: RunningPair, { clock }: { clock: Clock }): Promise<RatedFigures> {
  const { url, phonesUrl } = JSON.parse(await pair.parity('status', '--json')) as PairStatus;
  const signing = await readTokenSigningKey(statePaths(pair.folder).keys);
  const fleet = await startFleet({
    ...{ url, phonesUrl, signing, clock, drivers, mix: usualMix },
    ...{ perSecond: 0, cohortsOf: () => [], name: 'rated' },
  });
  const { trials, best } = await searchRate(rates, perSecond => attempt(fleet, perSecond, clock));
  await fleet.stop();
  return { mix: usualMix.name, drivers, trials, perSecond: best?.perSecond };
}

async function attempt(fleet: Fleet, perSecond: number, clock: Clock): Promise<RatedTrial> {
  fleet.setRate(perSecond);
  await clock.delay(warmMs);
  const before = await backlogOf(fleet);
  const from = fleet.uploads.length;
  await clock.delay(holdMs);
  const sent = fleet.uploads.slice(from);
  const queueGrowth = (await backlogOf(fleet)) - before;
  fleet.setRate(0);
  await poll(async () => (await backlogOf(fleet)) === 0, drainWithinMs);
  const ms = sent.map(({ tries }) => tries.reduce((sum, each) => sum + each.ms, 0));
  const acceptP99Ms = percentile(ms, 0.99);
  const failedRequests = sent.flatMap(({ tries }) => tries).filter(({ status }) => status !== 202).length;
  const allowed = Math.max(usualBacklog, perSecond / 2);
  const holds = acceptP99Ms < acceptWithinMs && queueGrowth <= allowed && failedRequests === 0;
  return { perSecond, holds, acceptP50Ms: percentile(ms, 0.5), acceptP99Ms, queueGrowth, failedRequests };
}

/** Papers that drivers began to send and that are not on their phones yet. */
async function backlogOf({ uploads, phonesUrl }: Fleet): Promise<number> {
  const answer = await fetch(`${phonesUrl}/phones`);
  const { phones } = (await answer.json()) as { phones: { shown: { document: string }[] }[] };
  const shown = new Set(phones.flatMap(phone => phone.shown.map(({ document }) => document)));
  return uploads.filter(({ id }) => id === undefined || !shown.has(id)).length;
}

/** A table of the trials, then the answer. */
export function presentRated({ mix, trials, perSecond, drivers: count }: RatedFigures): string[] {
  const rows = trials.map(
    trial =>
      `  ${trial.perSecond.toFixed(1).padStart(6)}/s  p50 ${trial.acceptP50Ms.toFixed(0)} ms  ` +
      `p99 ${trial.acceptP99Ms.toFixed(0)} ms  queue ${trial.queueGrowth >= 0 ? '+' : ''}${trial.queueGrowth}  ` +
      `failed ${trial.failedRequests}  ${trial.holds ? 'holds' : 'too much'}`,
  );
  const rated =
    perSecond === undefined ? 'not even the least rate' : `${perSecond.toFixed(1)} papers a second`;
  return [
    `rated load (accept p99 < ${acceptWithinMs} ms, no queue growth): ${rated}`,
    `  of ${mix}, from ${count} drivers in this very machine`,
    ...rows,
  ];
}

/** A pair that does not sustain the least rate cannot be released to under load. */
export function judgeRated({ perSecond }: RatedFigures): Verdict[] {
  return [
    judge({ what: 'rated load', unit: '/s', kind: 'required', bound: { atLeast: rates.least } }, perSecond),
  ];
}
