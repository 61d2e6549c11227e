import assert from 'node:assert/strict';
import type { ReleaseRecord } from '../../domain/record.ts';
import { parseRelease } from '../../domain/release.ts';
import { ship, type ShipEnd } from '../ship.ts';
import type { Order } from '../shipment.ts';
import { finish } from './finish.ts';
import { watchInvariants } from './invariants.ts';
import { testPolicy, type TestWorld } from './test-world.ts';

/** Sprint 42, as anna ships it where 41 is live. */
export const sprint42: Order = {
  release: parseRelease('42'),
  policy: testPolicy,
  who: 'anna',
  why: 'sprint 42',
};

/** Ships it, or what is changed of it, to the end of that run; nothing on the way may break an invariant. */
export async function shipped(world: TestWorld, changes: Partial<Order> = {}): Promise<ShipEnd> {
  return await finish(world, ship(world, { ...sprint42, ...changes }), watchInvariants(world));
}

/** Lets time pass until the record says so. @throws AssertionError when a minute was not enough */
export async function untilRecord(world: TestWorld, isSo: (record: ReleaseRecord) => boolean): Promise<void> {
  await world.clock.run({ isOver: () => isSo(world.record()), forMs: 60_000, look: watchInvariants(world) });
  assert.ok(isSo(world.record()));
}
