import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { atStep } from '../testing/at-step.ts';

describe('turn', () => {
  it('lets the cover take over: another cluster, the same release', async () => {
    const { world, run } = await atStep('turn', parseRelease('43'));
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['done', 'even is live with 41']);
    assert.deepEqual(world.record().live, { parity: 'even', release: '41' });
    assert.deepEqual(await world.dns.weights(), { odd: 0, even: 255 });
  });

  it('does nothing the second time', async () => {
    const { world, run } = await atStep('turn', parseRelease('43'));
    await run();
    assert.equal((await run()).why, 'the sprint’s cluster is idle already');
    assert.equal(world.record().version, 2);
  });
});
