import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorOf, takeOperatorLock } from '../release/store/operator-lock.ts';
import { finish } from '../release/testing/finish.ts';
import { testWorld, type TestWorld } from '../release/testing/test-world.ts';
import { holdingLock } from './holding-lock.ts';

const leaseMs = 3_000;

function held(world: TestWorld, work: (handOver: () => Promise<void>) => Promise<void>) {
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

  it('hands it over, and leaves it with whoever has it by then', async () => {
    const world = await testWorld();
    const lost = await held(world, async handOver => {
      await handOver();
      await takeOperatorLock(world, { who: 'otto', leaseMs });
    });
    assert.deepEqual([lost, (await operatorOf(world.objects))?.who], [[], 'otto']);
  });

  it('tells who has lost it', async () => {
    const world = await testWorld();
    const lost = await held(world, async () => {
      await world.objects.write('lock', '{"schema":1}', '1');
      await world.clock.delay(2 * leaseMs);
    });
    assert.match(String(lost), /anna was silent for too long and lost the lock/);
  });
});
