import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorOf, takeOperatorLock } from '../release/store/operator-lock.ts';
import { finish } from '../release/testing/finish.ts';
import { testWorld, type TestWorld } from '../release/testing/test-world.ts';
import { holdingLock, type LockLending } from './holding-lock.ts';

const leaseMs = 3_000;

function held(world: TestWorld, work: (lending: LockLending) => Promise<void>) {
  const lost: unknown[] = [];
  const holder = { who: 'anna', leaseMs, clock: world.clock, onLost: (error: unknown) => lost.push(error) };
  return finish(world, holdingLock(world, holder, work)).then(() => lost);
}

describe('holdingLock', () => {
  it('keeps the lock for as long as the work takes, and gives it back', async () => {
    const world = await testWorld();
    const lost = await held(world, async () => {
      await world.clock.delay(5 * leaseMs);
      await assert.rejects(takeOperatorLock(world, { who: 'otto', leaseMs }), { code: 'already_shipping' });
    });
    assert.deepEqual([lost, await operatorOf(world.objects)], [[], undefined]);
  });

  it('lends it, and leaves it with whoever has it by then', async () => {
    const world = await testWorld();
    const lost = await held(world, async ({ lend }) => {
      await lend();
      await takeOperatorLock(world, { who: 'otto', leaseMs });
    });
    assert.deepEqual([lost, (await operatorOf(world.objects))?.who], [[], 'otto']);
  });

  it('takes it again from a process that died with it, keeps it, and gives it back', async () => {
    const world = await testWorld();
    const lost = await held(world, async ({ lend, takeAgain }) => {
      await lend();
      await takeOperatorLock(world, { who: 'a process', leaseMs });
      await takeAgain();
      await world.clock.delay(5 * leaseMs);
      assert.equal((await operatorOf(world.objects))?.who, 'anna');
    });
    assert.deepEqual([lost, await operatorOf(world.objects)], [[], undefined]);
  });
});
