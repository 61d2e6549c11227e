import assert from 'node:assert/strict';
import fc from 'fast-check';
import { settledWeights } from '../../domain/dns-weights.ts';
import { isParityError } from '../../domain/errors.ts';
import { parities, type Parity } from '../../domain/parity.ts';
import { isStepId, stepNameOf, stepNames } from '../../domain/release-step.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { seededRandom } from './simulate-release.ts';
import { abort, promote, rollBack } from '../orders.ts';
import { retireOnce } from '../retire.ts';
import { shiftByHand } from '../shift-by-hand.ts';
import { ship } from '../ship.ts';
import type { Progress } from '../shipment.ts';
import { takeBackUsers } from '../take-back.ts';
import { turnPair } from '../turn-pair.ts';
import type { Policy } from '../policy.ts';
import type { ReleaseWorld } from '../ports.ts';
import { finish } from './finish.ts';
import { endsWell, watchInvariants } from './invariants.ts';
import { Killed, mortal, type MortalWorld } from './kill-switch.ts';
import { testPolicy, testWorld, type TestWorld } from './test-world.ts';

const word = { who: 'otto', why: 'a person said so' };
const hourMs = 3_600_000;
const storeFaults = ['request-lost', 'answer-lost', 'doubled', 'slow'] as const;

/** The last step that somebody wants. */
type Stop = 'beta' | 'flip' | undefined;

/** Something that happens to a pair: a command, a fault, or the end of one. */
type Happening =
  | { readonly do: 'ship'; readonly release: Release; readonly until: Stop }
  | { readonly do: 'kill engines' | 'leave' | 'roll back' | 'abort' | 'promote' | 'turn' | 'retire' }
  | { readonly do: 'shift'; readonly threshold: number }
  | { readonly do: 'cluster'; readonly parity: Parity; readonly up: boolean }
  | { readonly do: 'restart keeper'; readonly parity: Parity; readonly old: 'dead' | 'late' }
  | { readonly do: 'store' | 'metrics'; readonly away: boolean }
  | { readonly do: 'peer link'; readonly apart: readonly Parity[] }
  | { readonly do: 'clock'; readonly jumpMs: number }
  | { readonly do: 'errors'; readonly release: Release; readonly share: number };

const releases = fc.constantFrom('42', '42', '42.1', '43', '44').map(parseRelease);
const aParity = fc.constantFrom(...parities);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ship' as const),
      release: releases,
      until: fc.constantFrom<Stop[]>(undefined, undefined, 'beta', 'flip'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('kill engines', 'leave', 'roll back', 'abort', 'promote', 'turn', 'retire'),
    }),
  },
  fc.record({ do: fc.constant('shift' as const), threshold: fc.constantFrom(10, 300, 1000) }),
  fc.record({ do: fc.constant('cluster' as const), parity: aParity, up: fc.boolean() }),
  fc.record({
    do: fc.constant('restart keeper' as const),
    parity: aParity,
    old: fc.constantFrom('dead', 'late'),
  }),
  fc.record({ do: fc.constantFrom('store', 'metrics'), away: fc.boolean() }),
  fc.record({ do: fc.constant('peer link' as const), apart: fc.constantFrom([], [...parities]) }),
  fc.record({ do: fc.constant('clock' as const), jumpMs: fc.constantFrom(-hourMs, -5_000, 5_000, hourMs) }),
  fc.record({
    do: fc.constant('errors' as const),
    release: releases,
    share: fc.constantFrom(0, 0.0101, 0.05),
  }),
);

/** One life of a pair: what happens when, and how often a call of the store goes wrong. */
export const scenario = fc.record({
  seed: fc.nat(),
  faultRate: fc.constantFrom(0, 0, 0.02, 0.1),
  happenings: fc.array(fc.tuple(fc.integer({ min: 50, max: 6_000 }), happening), { maxLength: 14 }),
});
export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  readonly world: TestWorld;
  readonly engines: (MortalWorld & { leave(): void })[];
  /** What no process may end with. */
  readonly faults: unknown[];
  storeAway: boolean;
}

/** Lives through a scenario and looks all the while; then heals everything and looks whether it ends well. */
export async function liveThrough({ seed, faultRate, happenings }: Scenario): Promise<void> {
  const world = await testWorld();
  const run: Run = { world, engines: [], faults: [], storeAway: false };
  const random = seededRandom(seed);
  world.storeFault = () => {
    if (run.storeAway) return 'away';
    if (random() >= faultRate) return 'none';
    return storeFaults[Math.floor(random() * storeFaults.length)] ?? 'none';
  };
  const look = watchInvariants(world);
  for (const [afterMs, what] of happenings) {
    await world.clock.run({ forMs: afterMs, look });
    happen(run, what);
  }
  await world.clock.run({ forMs: 8_000, look });
  await heal(run, look);
  assert.deepEqual(run.faults, []);
}

/** Starts what happens; it goes on while time passes. */
function happen(run: Run, what: Happening): void {
  const { world, engines } = run;
  switch (what.do) {
    case 'ship':
      return operate(run, (engine, by) => shipUntil(run, engine, { ...by, ...what }));
    case 'turn':
      return operate(run, turnPair);
    case 'shift':
      return operate(run, (engine, by) => shiftByHand(engine, { ...by, threshold: what.threshold }));
    case 'kill engines':
      return engines.forEach(engine => engine.kill());
    case 'leave':
      return engines.forEach(engine => engine.leave());
    case 'roll back':
      return follow(run, rollBack(world, { ...word, policy: testPolicy }));
    case 'abort':
      return follow(run, abort(world, word));
    case 'promote': {
      const { step } = world.record();
      if (step === undefined || !isStepId(step)) return;
      return follow(run, promote(world, step, { ...word, policy: testPolicy }));
    }
    case 'retire':
      return follow(run, retireOnce(world, 'retirement'));
    case 'cluster':
      return world.clusters[what.parity].setUp(what.up);
    case 'restart keeper':
      return world.clusters[what.parity].restartKeeper(what.old);
    case 'store':
      run.storeAway = what.away;
      return;
    case 'metrics':
      world.fleet.away = what.away;
      return;
    case 'peer link':
      world.fleet.apart = what.apart;
      return;
    case 'clock':
      return world.clock.jump(what.jumpMs);
    case 'errors':
      return void world.fleet.errors.set(what.release, what.share);
  }
}

/** Ships, and finds a fault in every step that is begun past the last one that was wanted. */
async function shipUntil(
  { faults }: Run,
  engine: ReleaseWorld,
  { release, until, ...by }: Operator & { readonly release: Release; readonly until: Stop },
): Promise<void> {
  const last = until === undefined ? stepNames.length : stepNames.indexOf(until);
  const tell = ({ kind, step }: Progress) => {
    if (kind === 'step' && stepNames.indexOf(stepNameOf(step)) > last) faults.push(`${step} past ${until}`);
  };
  await ship(engine, { ...by, release, until, tell });
}

/** What each operator says of himself. */
interface Operator {
  readonly policy: Policy;
  readonly who: string;
  readonly why: string;
  readonly signal: AbortSignal;
}

/** Starts what wants the lock, in a process of its own that may be killed, or left by its operator. */
function operate(run: Run, work: (world: ReleaseWorld, by: Operator) => Promise<unknown>): void {
  const { world, engines } = run;
  const engine = mortal(world);
  const leaving = new AbortController();
  engines.push({ ...engine, leave: () => leaving.abort() });
  const who = `engine ${engines.length}`;
  follow(run, work(engine.world, { policy: testPolicy, who, why: 'a test', signal: leaving.signal }));
}

/** A process may be killed, or end with a refusal or a failure that it names; nothing else. */
function follow({ faults }: Run, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof Killed) && !isParityError(error)) faults.push(error);
  });
}

/** Everything works again, nobody is at the keyboard, and long enough passes; then the release under way is finished. */
async function heal(run: Run, look: () => void): Promise<void> {
  const { world, engines } = run;
  engines.forEach(engine => engine.kill());
  for (const parity of parities) {
    world.clusters[parity].setUp(true);
    world.clusters[parity].restartKeeper();
  }
  run.storeAway = false;
  world.storeFault = () => 'none';
  world.fleet.away = false;
  world.fleet.apart = [];
  world.fleet.errors.clear();
  world.clock.jump(3 * hourMs);
  await world.clock.run({ forMs: 5_000, look });
  for (let pass = 0; pass < 2; pass += 1) {
    await finish(world, retireOnce(world, 'retirement'), look);
    await world.clock.run({ forMs: 3_000, look });
  }
  await finish(world, takeBackUsers(world, word), look);
  await endsWell(world);
  assert.deepEqual(await world.dns.weights(), settledWeights(world.record()));
  const { candidate } = world.record();
  if (candidate === undefined) return;
  const last = { release: candidate, policy: testPolicy, who: 'anna', why: 'the end' };
  assert.equal((await finish(world, ship(mortal(world).world, last), look)).outcome, 'settled');
}
