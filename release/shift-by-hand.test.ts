import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rollBack } from './orders.ts';
import { ship } from './ship.ts';
import { shiftByHand } from './shift-by-hand.ts';
import { operatorOf } from './store/operator-lock.ts';
import { finish } from './testing/finish.ts';
import { watchInvariants } from './testing/invariants.ts';
import { shipped, sprint42 } from './testing/shipped.ts';
import { testPolicy, testWorld, type TestWorld } from './testing/test-world.ts';

const word = { who: 'otto', why: 'I want to see more', policy: testPolicy };

async function worldInBeta(): Promise<TestWorld> {
  const world = await testWorld();
  await shipped(world, { until: 'beta' });
  return world;
}

function shifted(world: TestWorld, threshold: number) {
  return finish(world, shiftByHand(world, { ...word, threshold }), watchInvariants(world));
}

describe('shiftByHand', () => {
  it('moves the threshold up and down, and leaves users there for the unattended time', async () => {
    const world = await worldInBeta();
    for (const threshold of [300, 50]) {
      const { outcome, why } = await shifted(world, threshold);
      assert.deepEqual([outcome, why], ['done', `${threshold / 10} % of the users are on 42`]);
      const { judgedUntil, step, threshold: now } = world.record();
      assert.deepEqual([now, step], [threshold, `shift ${threshold / 10}%`]);
      assert.ok(Date.parse(judgedUntil ?? '') > world.clock.now() + testPolicy.unattendedMs - 5_000);
    }
  });

  it('is gone on from by the engine, which moves nobody back', async () => {
    const world = await worldInBeta();
    await shifted(world, 300);
    const told: number[] = [];
    const end = await shipped(world, {
      tell: progress => progress.kind === 'look' && told.push(progress.threshold),
    });
    assert.equal(end.outcome, 'settled');
    assert.equal(Math.min(...told.filter(threshold => threshold > 0)), 300);
  });

  it('waits until there is room, and moves nobody when there is none', async () => {
    const world = await worldInBeta();
    world.cannotStart.add(sprint42.release);
    await assert.rejects(finish(world, shiftByHand(world, { ...word, threshold: 300 })), {
      code: 'service_failed',
      message: 'No room for so many users: 42 on even: its image is missing.',
    });
    assert.equal(world.record().threshold, 0);
  });

  it('moves nobody when its operator leaves before there is room, and gives the lock back', async () => {
    const world = await worldInBeta();
    const leaving = new AbortController();
    Object.assign(world.clusters.even, { workload: async () => ({ state: 'starting' }) });
    const shifting = shiftByHand(world, { ...word, threshold: 300, signal: leaving.signal });
    await world.clock.run({ forMs: 3_000 });
    leaving.abort();
    const { outcome, why } = await finish(world, shifting);
    assert.deepEqual([outcome, why], ['waiting', 'otto left; nobody was moved']);
    assert.deepEqual([world.record().threshold, await operatorOf(world.objects)], [0, undefined]);
  });

  it('says that the record is ahead of what was seen when its operator leaves after it', async () => {
    const world = await worldInBeta();
    const leaving = new AbortController();
    const shifting = shiftByHand(world, { ...word, threshold: 300, signal: leaving.signal });
    await world.clock.run({ isOver: () => world.record().threshold === 300, forMs: 60_000 });
    leaving.abort();
    const { outcome, why } = await finish(world, shifting, watchInvariants(world));
    assert.equal(outcome, 'waiting');
    assert.equal(why, 'The record says so, but otto left before both gateways were seen to have it');
  });

  it('refuses while an engine ships', async () => {
    const world = await testWorld();
    const shipping = ship(world, sprint42);
    await world.clock.run({ isOver: () => world.record().threshold > 0, forMs: 60_000 });
    await assert.rejects(shifted(world, 300), {
      code: 'already_shipping',
      message: /^anna has been at work/,
    });
    assert.equal((await finish(world, shipping)).outcome, 'settled');
  });

  it('refuses what is not verified, and where nothing is shipped', async () => {
    const world = await testWorld();
    await assert.rejects(shifted(world, 300), {
      code: 'release_refused',
      message: 'No release is being shipped.',
    });
    await shipped(world, { until: 'deploy' });
    await assert.rejects(shifted(world, 300), {
      code: 'release_refused',
      message: 'Release 42 is at deploy: ship it until beta first, then shift users to it.',
    });
  });

  it('says of what was taken back who did it, and why', async () => {
    const world = await worldInBeta();
    await finish(world, rollBack(world, { who: 'anna', why: 'too slow', policy: testPolicy }));
    await assert.rejects(shifted(world, 300), {
      code: 'release_refused',
      message:
        'Release 42 has been taken back by anna (too slow): ship it until beta first, then shift users to it.',
    });
  });
});
