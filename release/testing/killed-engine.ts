import assert from 'node:assert/strict';
import type { ReleaseWorld } from '../ports.ts';
import { finish } from './finish.ts';
import { endsWell, watchInvariants } from './invariants.ts';
import { Killed, mortal, type Death } from './kill-switch.ts';
import { testPolicy, testWorld, type TestWorld } from './test-world.ts';

/** Something that an operator has done, by a process that may be killed on the way. */
export interface KillableWork {
  /** What was done before, by somebody whom nobody killed. */
  readonly before?: (world: ReleaseWorld) => Promise<unknown>;
  /** Run by `who`; again by another one after the first was killed. Gives back how it ended, in a word. */
  readonly work: (world: ReleaseWorld, who: string) => Promise<string>;
  /** What is done after it, so that nobody is left on unproven ground. */
  readonly after?: (world: ReleaseWorld) => Promise<unknown>;
}

/** What is the same after every way of doing it. */
export interface EndState {
  readonly outcome: string;
  readonly state: unknown;
  readonly weights: unknown;
}

/** Does it without disturbance: the calls that it takes, in order, and how it ends. */
export async function doUndisturbed(given: KillableWork): Promise<{ calls: string[]; end: EndState }> {
  const world = await prepared(given);
  const { world: mine, calls } = mortal(world);
  const outcome = await finish(world, given.work(mine, 'anna'), watchInvariants(world));
  return { calls, end: await endState(world, given, outcome) };
}

/** Has it done by a process that dies at `death` and another that is started after it. */
export async function doKilledAt(given: KillableWork, death: Death): Promise<EndState> {
  const world = await prepared(given);
  const look = watchInvariants(world);
  await assert.rejects(finish(world, given.work(mortal(world, death).world, 'anna'), look), Killed);
  const outcome = await finish(world, given.work(mortal(world).world, 'otto'), look);
  return await endState(world, given, outcome);
}

async function prepared({ before }: KillableWork): Promise<TestWorld> {
  const world = await testWorld(testPolicy);
  if (before !== undefined) await finish(world, before(world), watchInvariants(world));
  return world;
}

async function endState(world: TestWorld, { after }: KillableWork, outcome: string): Promise<EndState> {
  const look = watchInvariants(world);
  const shown = stateOf(world);
  if (after !== undefined) await finish(world, after(world), look);
  await world.clock.run({ forMs: 2_000, look });
  await endsWell(world);
  return { outcome, state: [shown, stateOf(world)], weights: await world.dns.weights() };
}

function stateOf(world: TestWorld): unknown {
  const { live, previous, candidate, retiring, runs, threshold, cohorts } = world.record();
  return { live, previous, candidate, retiring, runs, threshold, cohorts };
}

/** Every way to die on the way: before and after each call. */
export function deathsOf(calls: readonly string[]): Death[] {
  return calls.flatMap((_, at) => (['before', 'after'] as const).map(when => ({ call: at + 1, when })));
}
