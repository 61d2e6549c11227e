import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atStep } from '../testing/at-step.ts';
import { testPolicy } from '../testing/test-world.ts';

describe('beta', () => {
  it('routes the cohort for its time, which proves nothing and may be left all the same', async () => {
    const { world, run } = await atStep('beta');
    const began = world.clock.monotonic();
    assert.equal((await run()).outcome, 'done');
    assert.deepEqual(world.record().cohorts, ['smoke', 'beta']);
    assert.ok(world.clock.monotonic() - began >= testPolicy.beta.minimumMs);
  });
});
