import assert from 'node:assert/strict';
import { ship } from '../ship.ts';
import type { Order } from '../shipment.ts';
import { finish } from './finish.ts';
import { endsWell, watchInvariants } from './invariants.ts';
import { Killed, mortal, type Death } from './kill-switch.ts';
import { testWorld, type TestWorld } from './test-world.ts';

/** What is the same after every way of shipping a release. */
export interface EndState {
  readonly outcome: string;
  readonly state: unknown;
  readonly weights: unknown;
}

/** Ships without disturbance: the calls that it takes, in order, and how it ends. */
export async function shipUndisturbed(order: Order): Promise<{ calls: string[]; end: EndState }> {
  const world = await testWorld(order.policy);
  const { world: mine, calls } = mortal(world);
  const { outcome } = await finish(world, ship(mine, order), watchInvariants(world));
  return { calls, end: await endState(world, outcome) };
}

/** Ships with an engine that dies at `death` and another that is started after it. */
export async function shipKilledAt(order: Order, death: Death): Promise<EndState> {
  const world = await testWorld(order.policy);
  const look = watchInvariants(world);
  await assert.rejects(finish(world, ship(mortal(world, death).world, order), look), Killed);
  const heir = { ...order, who: 'otto' };
  const { outcome } = await finish(world, ship(mortal(world).world, heir), look);
  return await endState(world, outcome);
}

async function endState(world: TestWorld, outcome: string): Promise<EndState> {
  await world.clock.run({ forMs: 2_000, look: watchInvariants(world) });
  await endsWell(world);
  const { live, previous, candidate, retiring, runs, threshold, cohorts } = world.record();
  const state = { live, previous, candidate, retiring, runs, threshold, cohorts };
  return { outcome, state, weights: await world.dns.weights() };
}

/** Every way to die on the way: before and after each call. */
export function deathsOf(calls: readonly string[]): Death[] {
  return calls.flatMap((_, at) => (['before', 'after'] as const).map(when => ({ call: at + 1, when })));
}
