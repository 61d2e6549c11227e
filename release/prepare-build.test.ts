import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../domain/errors.ts';
import { ship } from './ship.ts';
import { operatorOf } from './store/operator-lock.ts';
import { finish } from './testing/finish.ts';
import { sprint42 } from './testing/shipped.ts';
import { testPolicy, testWorld } from './testing/test-world.ts';

describe('prepareBuild, in ship', () => {
  it('keeps the lock for as long as it takes to bring what is shipped', async () => {
    const world = await testWorld();
    const prepare = async () => {
      await world.clock.delay(10 * testPolicy.leaseMs);
      return 'v42';
    };
    const shipping = finish(world, ship(world, { ...sprint42, prepare }));
    await world.clock.delay(3 * testPolicy.leaseMs);
    await assert.rejects(ship(world, { ...sprint42, who: 'otto' }), { code: 'already_shipping' });
    assert.equal((await shipping).outcome, 'settled');
    const told = (await world.journal.read(sprint42.release)).map(({ why }) => why);
    assert.ok(told.includes('sprint 42 (v42)'));
  });

  it('ends before the first step when its operator leaves meanwhile', async () => {
    const world = await testWorld();
    const leaving = new AbortController();
    const prepare = () => new Promise<never>(() => {});
    const shipping = finish(world, ship(world, { ...sprint42, prepare, signal: leaving.signal }));
    leaving.abort();
    const { outcome, step } = await shipping;
    assert.deepEqual([outcome, step, world.record().version], ['waiting', 'preflight', 1]);
  });

  it('ships nothing that cannot be had, and gives the lock back', async () => {
    const world = await testWorld();
    const unknown = new ParityError('ref_unknown', 'v42 names no commit here.');
    const shipping = ship(world, { ...sprint42, prepare: () => Promise.reject(unknown) });
    await assert.rejects(finish(world, shipping), unknown);
    assert.deepEqual([world.record().version, await operatorOf(world.objects)], [1, undefined]);
  });
});
