import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finish } from '../testing/finish.ts';
import { testWorld } from '../testing/test-world.ts';
import { keepLock } from './keep-lock.ts';
import { operatorOf, takeOperatorLock } from './operator-lock.ts';

const leaseMs = 3_000;

/** A lock that is kept in a world of its own, and what its holder was told. */
async function kept() {
  const world = await testWorld();
  const { clock } = world;
  const lost: unknown[] = [];
  const lock = await takeOperatorLock(world, { who: 'anna', leaseMs });
  const keeping = keepLock(lock, { leaseMs, clock, onLost: error => lost.push(error) });
  return { world, lost, stop: () => keeping.stop() };
}

describe('keepLock', () => {
  it('leaves nobody else the lock, for as long as it is not stopped', async () => {
    const { world, lost, stop } = await kept();
    await world.clock.run({ forMs: 5 * leaseMs });
    const taking = () => finish(world, takeOperatorLock(world, { who: 'otto', leaseMs }));
    await assert.rejects(taking(), { code: 'already_shipping' });
    await stop();
    await taking();
    assert.deepEqual([lost, (await operatorOf(world.objects))?.who], [[], 'otto']);
  });

  it('goes on when the store was away for a while', async () => {
    const { world, lost, stop } = await kept();
    world.storeFault = () => 'away';
    await world.clock.run({ forMs: 2 * leaseMs });
    world.storeFault = () => 'none';
    await world.clock.run({ forMs: leaseMs });
    await stop();
    assert.deepEqual([lost, (await operatorOf(world.objects))?.who], [[], 'anna']);
  });

  it('tells its holder, once, that somebody else has it', async () => {
    const { world, lost } = await kept();
    await world.objects.write('lock', '{"schema":1}', '1');
    await world.clock.run({ forMs: 5 * leaseMs });
    assert.equal(lost.length, 1);
    assert.match(String(lost[0]), /anna was silent for too long and lost the lock/);
  });
});
