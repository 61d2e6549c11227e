import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { atStep } from '../testing/at-step.ts';

describe('deploy', () => {
  it('starts the candidate beside the cover on the idle cluster, and no user sees it', async () => {
    const { world, run } = await atStep('deploy');
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['done', '42 runs on even']);
    const { runs, candidate, threshold, cohorts } = world.record();
    assert.deepEqual(runs, { odd: ['41'], even: ['41', '42'] });
    assert.deepEqual({ candidate, threshold, cohorts }, { candidate: '42', threshold: 0, cohorts: [] });
  });

  it('gives up on what does not become ready in time', async () => {
    const { world, run } = await atStep('deploy');
    world.clusters.even.workload = async () => ({ state: 'starting' });
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['failed', '42 on even: it was not ready within 30 s']);
    assert.deepEqual(world.record().runs.even, [parseRelease('41')]);
  });
});
