import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { atStep } from '../testing/at-step.ts';

describe('verify', () => {
  it('lets machines alone meet the candidate', async () => {
    const { world, run } = await atStep('verify');
    const { outcome, seen } = await run();
    assert.deepEqual([outcome, seen], ['done', ['upload and read back: ok']]);
    assert.deepEqual(world.record().cohorts, ['smoke']);
    assert.equal(world.record().threshold, 0);
  });

  it('names the test that fails', async () => {
    const { world, run } = await atStep('verify');
    world.brokenSmoke.add(parseRelease('42'));
    const { outcome, why, seen } = await run();
    assert.deepEqual([outcome, why], ['failed', 'failed: upload and read back']);
    assert.deepEqual(seen, ['upload and read back: it does not answer']);
  });
});
