import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atStep } from '../testing/at-step.ts';

describe('settle', () => {
  it('lets the release before retire, and nobody is judged any more', async () => {
    const { world, run } = await atStep('settle');
    assert.deepEqual((await run()).why, '41 retires');
    const { previous, retiring, judgedUntil, step } = world.record();
    assert.deepEqual(
      { previous, retiring, judgedUntil, step },
      { previous: undefined, retiring: ['41'], judgedUntil: undefined, step: undefined },
    );
  });
});
