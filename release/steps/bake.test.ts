import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atStep } from '../testing/at-step.ts';
import { testPolicy } from '../testing/test-world.ts';

describe('bake', () => {
  it('compares with the last minutes in which both sides had users, for its time', async () => {
    const { world, run } = await atStep('bake');
    const began = world.clock.monotonic();
    const { outcome, seen } = await run();
    assert.equal(outcome, 'done');
    assert.match(seen[0] ?? '', /on the live release before: at most/);
    assert.ok(world.clock.monotonic() - began >= testPolicy.bake.holdMs);
  });
});
