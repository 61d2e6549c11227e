import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { atStep } from '../testing/at-step.ts';

describe('shift', () => {
  it('makes room first, then moves the users, and holds', async () => {
    const { world, run } = await atStep('shift 10%');
    const asked: [number, number][] = [];
    const { even } = world.clusters;
    const start = even.run;
    even.run = async (release, share) => {
      asked.push([share, world.record().threshold]);
      await start(release, share);
    };
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['done', 'all gates pass']);
    assert.deepEqual(asked[0], [0.1, 0]);
    assert.equal(world.record().threshold, 100);
  });

  it('keeps saying that it judges, for as long as it holds', async () => {
    const { world, run } = await atStep('shift 50%');
    const before = Date.parse(world.record().judgedUntil ?? '');
    await run();
    assert.ok(Date.parse(world.record().judgedUntil ?? '') > before);
  });

  it('stops when there is no room', async () => {
    const { world, run } = await atStep('shift 50%');
    world.clusters.even.workload = async () => ({ state: 'failed', why: 'no nodes left' });
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['failed', '42 on even: no nodes left']);
    assert.equal(world.record().threshold, 100);
  });

  it('never takes missing figures for good ones', async () => {
    const { world, run } = await atStep('shift 10%');
    world.fleet.away = true;
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['waiting', 'The metrics do not answer.']);
  });

  it('says worse with the figures of both sides', async () => {
    const { world, run } = await atStep('shift 10%');
    world.fleet.errors.set(parseRelease('42'), 0.07);
    const { outcome, seen } = await run();
    assert.equal(outcome, 'failed');
    assert.match(seen[0] ?? '', /^errors: worse: 7\.00 % of 20000 users on the candidate, 0\.00 % of 20000/);
  });
});
