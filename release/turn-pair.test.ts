import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DnsWeights } from '../domain/dns-weights.ts';
import { resumable } from './resume.ts';
import { ship } from './ship.ts';
import { finish } from './testing/finish.ts';
import { watchInvariants } from './testing/invariants.ts';
import { sprint42 } from './testing/shipped.ts';
import { testPolicy as policy, testWorld, type TestWorld } from './testing/test-world.ts';
import { turnPair } from './turn-pair.ts';

const word = { policy, who: 'otto', why: 'the power of odd is cut on Monday' };

const turned = (world: TestWorld) => finish(world, turnPair(world, word), watchInvariants(world));

describe('turnPair', () => {
  it('lets the cover take over, and turns back when it is asked again', async () => {
    const world = await testWorld();
    const live = [];
    for (let times = 0; times < 2; times += 1) {
      live.push((await turned(world)).why);
      const { live: now } = world.record();
      assert.equal((await world.dns.weights())[now.parity], 255);
    }
    assert.deepEqual(live, ['even is live with 41', 'odd is live with 41']);
  });

  it('finishes what was interrupted, and does not turn it back', async () => {
    const world = await testWorld();
    await turned(world);
    await world.dns.setWeights({ odd: 128, even: 127 });
    assert.equal((await turned(world)).why, 'even is live with 41: what was interrupted is finished');
    assert.deepEqual(await world.dns.weights(), { odd: 0, even: 255 });
  });

  it('says that it is half-way, and what finishes it, when its operator leaves', async () => {
    const world = await testWorld();
    const leaving = new AbortController();
    const turning = turnPair(world, { ...word, signal: leaving.signal });
    await world.clock.run({ isOver: () => world.record().live.parity === 'even', forMs: 60_000 });
    leaving.abort();
    const { outcome, why } = await finish(world, turning, watchInvariants(world));
    assert.deepEqual(
      [outcome, why],
      [
        'waiting',
        'even is live with 41, and DNS does not point there yet: otto left. To turn again finishes it',
      ],
    );
    assert.equal((await turned(world)).why, 'even is live with 41: what was interrupted is finished');
  });

  it('is done where DNS is there already when its operator leaves', async () => {
    const world = await testWorld();
    const leaving = new AbortController();
    const { setWeights } = world.dns;
    Object.assign(world.dns, {
      setWeights: async (weights: DnsWeights) => {
        await setWeights(weights);
        if (weights.even === 255) leaving.abort();
      },
    });
    const { outcome, why } = await finish(world, turnPair(world, { ...word, signal: leaving.signal }));
    assert.deepEqual([outcome, why], ['done', 'even is live with 41']);
  });

  it('turns nothing when its operator has left before', async () => {
    const world = await testWorld();
    const { outcome, why } = await finish(world, turnPair(world, { ...word, signal: AbortSignal.abort() }));
    assert.deepEqual([outcome, why], ['waiting', 'otto left; nothing was turned']);
    assert.equal(world.record().version, 1);
  });

  it('refuses while a release is shipped', async () => {
    const world = await testWorld();
    await finish(world, ship(world, { ...sprint42, until: 'beta' }));
    await assert.rejects(turned(world), { code: 'release_refused', message: /^Release 42 is being shipped/ });
  });
});

describe('resumable', () => {
  it('names the release under way, in its bake too', async () => {
    for (const until of ['beta', 'bake'] as const) {
      const world = await testWorld();
      await finish(world, ship(world, { ...sprint42, until }));
      assert.equal(resumable(world.record()), '42');
    }
  });

  it('refuses where nothing is shipped, and what was taken back', async () => {
    const world = await testWorld();
    assert.throws(() => resumable(world.record()), {
      code: 'release_refused',
      message: 'No release is being shipped: there is nothing to resume.',
    });
    world.fleet.errors.set(sprint42.release, 0.2);
    await finish(world, ship(world, sprint42));
    assert.throws(() => resumable(world.record()), {
      code: 'release_refused',
      message:
        /^Release 42 has been taken back by \S+ \(errors: .*\): ship it again, ship a repaired build, or abort it\.$/,
    });
  });
});
