import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { ship } from '../ship.ts';
import { atStep } from '../testing/at-step.ts';
import { finish } from '../testing/finish.ts';
import { testPolicy, testWorld } from '../testing/test-world.ts';

describe('preflight', () => {
  it('keeps the lock while checks take longer than a lease, and ends at once when its operator leaves', async () => {
    const world = await testWorld();
    const { neighbours } = world.checks;
    const slow: typeof neighbours = async releases => {
      await world.clock.delay(4 * testPolicy.leaseMs);
      return await neighbours(releases);
    };
    Object.assign(world.checks, { neighbours: slow });
    const leaving = new AbortController();
    const order = { release: parseRelease('42'), policy: testPolicy, why: 'sprint 42' };
    const shipping = finish(world, ship(world, { ...order, who: 'anna', signal: leaving.signal }));
    await world.clock.delay(1_000);
    await assert.rejects(ship(world, { ...order, who: 'otto' }), { code: 'already_shipping' });
    const began = world.clock.monotonic();
    leaving.abort();
    assert.equal((await shipping).outcome, 'waiting');
    assert.ok(world.clock.monotonic() - began < 100);
  });

  it('says of everything that it is in order, and changes nothing', async () => {
    const { world, run } = await atStep('preflight');
    const { outcome, seen } = await run();
    assert.equal(outcome, 'done');
    assert.deepEqual(seen, [
      'cluster odd: ok',
      'cluster even: ok',
      '41 on odd: ok',
      '41 on even: ok',
      'keepers: ok',
    ]);
    assert.equal(world.record().version, 1);
  });

  it('waits a little for a cover that has just been busy, and names one that stays away', async () => {
    const { world, run } = await atStep('preflight');
    let looks = 0;
    world.clusters.odd.workload = async () => ({ state: ++looks < 3 ? 'starting' : 'ready' });
    assert.equal((await run()).outcome, 'done');
    world.clusters.odd.workload = async () => ({ state: 'starting' });
    const end = await run();
    assert.deepEqual([end.outcome, end.why], ['failed', 'not in order: 41 on odd']);
    assert.ok(end.seen.includes('41 on odd: it is starting'));
  });

  it('looks again at a pair that is out of order for a moment, but asks releases what they read only once', async () => {
    const { world, run } = await atStep('preflight');
    let looks = 0;
    let asked = 0;
    const cut = { name: 'peer link of odd', ok: false, why: 'its gateway cannot send to the peer' } as const;
    world.checks.pair = async () => (++looks < 3 ? [cut] : [{ name: cut.name, ok: true }]);
    world.checks.neighbours = async () => {
      asked += 1;
      return [{ name: 'release 42 reads what 41 writes', ok: true }];
    };
    const { outcome, seen } = await run();
    assert.deepEqual([outcome, looks, asked], ['done', 3, 1]);
    assert.ok(seen.includes('peer link of odd: ok'));
  });

  it('names what is not in order', async () => {
    const { world, run } = await atStep('preflight');
    world.checks.pair = async () => [{ name: 'backups', ok: false, why: 'the last is two days old' }];
    const end = await run();
    assert.deepEqual([end.outcome, end.why], ['failed', 'not in order: backups']);
    assert.equal(end.seen[0], 'backups: the last is two days old');
  });
});
