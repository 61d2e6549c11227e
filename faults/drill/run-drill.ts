import { isDeepStrictEqual } from 'node:util';
import { ParityError } from '../../domain/errors.ts';
import { parities, peerOf, type Parity } from '../../domain/parity.ts';
import { isBaking } from '../../domain/record-laws.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { tallyOf, type Tally } from '../fleet/tally.ts';
import { outageSince, type Outage } from '../outage.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';
import type { DrillHands, PairLook, Scenario } from './scenario.ts';

/** What a rehearsal showed. Times are milliseconds. */
export interface DrillReport {
  readonly scenario: ScenarioName;
  readonly says: string;
  /** From the fault until the pair noticed; `afterMs` is undefined when it did not, all of it where nobody has to. */
  readonly noticed: { readonly afterMs: number | undefined } | undefined;
  readonly outage: Outage;
  /** From the beginning of the undoing until everything was as before; undefined when it was not in time. */
  readonly asBeforeAfterMs: number | undefined;
  readonly tally: Tally;
  readonly movesDns: boolean;
}

/** What a drill needs of the world. */
export interface DrillWorld {
  readonly hands: Omit<DrillHands, 'live' | 'idle'>;
  look(): Promise<PairLook>;
  readonly startFleet: () => Promise<Fleet>;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
  /** Aborted, with a reason to tell, when somebody wants to leave: what was done is undone first. */
  readonly signal: AbortSignal;
}

const lookEveryMs = 50;
const calmMs = 3_000;
/** How long the pair has to live with the fault, so that drivers meet it. */
const faultMs = 6_000;
const noticeWithinMs = 60_000;
const asBeforeWithinMs = 120_000;
const storedWithinMs = 90_000;

/**
 * Rehearses one fault with light traffic of its own, measures, and leaves the pair as it was, also where it fails.
 * @throws ParityError `release_refused` when something is wrong or under way already, so that nothing could be learnt
 */
export async function runDrill(scenario: ScenarioName, world: DrillWorld): Promise<DrillReport> {
  const { clock, tell, signal } = world;
  const before = await world.look();
  refuseUnlessCalm(before);
  const { live } = before.record;
  const hands: DrillHands = { ...world.hands, live: live.parity, idle: peerOf(live.parity) };
  const { says, movesDns } = scenarios[scenario];
  const fleet = await world.startFleet();
  let met;
  try {
    await clock.delay(calmMs, signal);
    met = await rehearse(scenarios[scenario], { world, hands, before });
    await clock.delay(calmMs, signal);
  } finally {
    await fleet.stop();
  }
  tell('looking for every paper …');
  const { atMs, ...times } = met;
  const tally = await tallyOf(fleet, { clock, withinMs: storedWithinMs });
  const outage = outageSince(fleet.uploads, atMs);
  return { scenario, says: says(hands), outage, tally, movesDns, ...times };
}

type Rehearsed = Pick<DrillReport, 'noticed' | 'asBeforeAfterMs'> & {
  /** When the fault came, epoch milliseconds. */
  readonly atMs: number;
};

/** The fault and its undoing. */
async function rehearse(
  { says, prepare, inflict, isNoticed, undo }: Scenario,
  { world, hands, before }: { world: DrillWorld; hands: DrillHands; before: PairLook },
): Promise<Rehearsed> {
  const { clock, tell } = world;
  const failing = new AbortController();
  const signal = AbortSignal.any([world.signal, failing.signal]);
  let [atMs, began, undoing] = [0, 0, 0];
  let noticed: DrillReport['noticed'];
  try {
    await prepare?.(hands);
    tell(`${says(hands)} …`);
    [atMs, began] = [clock.now(), clock.monotonic()];
    const inflicted = inflict(hands).catch((error: unknown) => failing.abort(error));
    if (isNoticed !== undefined) {
      const holds = async () => isNoticed(await world.look(), hands);
      noticed = {
        afterMs: after(began, await waitUntil({ clock, signal, withinMs: noticeWithinMs, holds })),
      };
    }
    await inflicted;
    await clock.delay(Math.max(0, began + faultMs - clock.monotonic()), signal);
  } finally {
    tell('undoing it …');
    undoing = clock.monotonic();
    await undo(hands);
  }
  const holds = async () => isAsBefore(await world.look(), before);
  const asBefore = await waitUntil({ clock, signal, withinMs: asBeforeWithinMs, holds });
  return { atMs, asBeforeAfterMs: after(undoing, asBefore), noticed };
}

function after(from: number, until: number | undefined): number | undefined {
  return until === undefined ? undefined : until - from;
}

/** When it came true, by the monotonic clock; undefined when it did not. */
async function waitUntil(waiting: {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly withinMs: number;
  readonly holds: () => Promise<boolean>;
}): Promise<number | undefined> {
  const { clock, signal, withinMs, holds } = waiting;
  for (const until = clock.monotonic() + withinMs; clock.monotonic() < until;) {
    if (await holds()) return clock.monotonic();
    await clock.delay(lookEveryMs, signal);
  }
  return undefined;
}

function refuseUnlessCalm({ status, record }: PairLook): void {
  if (record.candidate !== undefined || isBaking(record) || record.retiring.length > 0) {
    throw new ParityError(
      'release_refused',
      'A release is under way: let it settle, or abort it, before rehearsing a fault.',
    );
  }
  const unwell = unwellIn(status);
  if (unwell.length > 0)
    throw new ParityError('release_refused', `Not well as it is: ${unwell.join(', ')}; see ./parity status.`);
}

/** What would make a fault of its own of what the drill shows: everything that `statesOf` looks at has to run. */
function unwellIn(status: PairLook['status']): string[] {
  const faults = statesOf(status).filter(({ runs }) => !runs);
  const unready = parities.filter(parity => !isWell(status, parity));
  return [
    ...faults.map(({ name, state }) => `${name} is ${state}`),
    ...unready.map(parity => `${parity} is not ready`),
  ];
}

function isWell({ clusters }: PairLook['status'], parity: Parity): boolean {
  return clusters[parity].healthy && clusters[parity].ready;
}

/** Everything runs that ran, roles and routing are the same, and nothing is left of what the drill brought along. */
function isAsBefore({ status, record }: PairLook, before: PairLook): boolean {
  const sameRecord =
    record.live.parity === before.record.live.parity &&
    record.live.release === before.record.live.release &&
    record.candidate === undefined &&
    record.retiring.length === 0;
  const isWhole = parities.every(parity => isWell(status, parity));
  return sameRecord && isWhole && isDeepStrictEqual(statesOf(status), statesOf(before.status));
}

/** One thing of the pair, and whether it runs. */
interface PartState {
  readonly name: string;
  readonly state: string;
  readonly runs: boolean;
}

/** What runs, and whether the clusters see each other. */
function statesOf({ clusters, database }: PairLook['status']): PartState[] {
  const stateOf = (name: string, { state }: { readonly state: string }): PartState => ({
    ...{ name, state, runs: state === 'running' },
  });
  const ofCluster = (parity: Parity) => {
    const { gateway, keeper, broker, services, peer } = clusters[parity];
    const link = { name: `${parity}'s way to its peer`, state: peer ? 'open' : 'shut', runs: peer };
    const engines = Object.entries({ gateway, keeper, broker }).map(([name, part]) =>
      stateOf(`${parity}'s ${name}`, part),
    );
    const processes = services.map(each =>
      stateOf(`${each.services.join(', ')} of ${each.release} on ${parity}`, each),
    );
    return [link, ...engines, ...processes];
  };
  return [stateOf('the database', database), ...parities.flatMap(ofCluster)];
}
