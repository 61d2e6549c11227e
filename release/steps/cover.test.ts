import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atStep } from '../testing/at-step.ts';

describe('cover', () => {
  it('starts the candidate on the old cluster too', async () => {
    const { world, run } = await atStep('cover');
    assert.deepEqual((await run()).why, '42 runs on odd');
    assert.deepEqual(world.record().runs, { odd: ['41', '42'], even: ['41', '42'] });
    assert.equal(world.record().live.release, '41');
  });
});
