import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease, type Release } from '../../domain/release.ts';
import { atStep } from '../testing/at-step.ts';
import { testPolicy } from '../testing/test-world.ts';

describe('verify', () => {
  it('lets machines alone meet the candidate', async () => {
    const { world, run } = await atStep('verify');
    const { outcome, seen } = await run();
    assert.deepEqual([outcome, seen], ['done', ['upload and read back: ok']]);
    assert.deepEqual(world.record().cohorts, ['smoke']);
    assert.equal(world.record().threshold, 0);
  });

  it('keeps judging while tests take longer than nobody may judge', async () => {
    const { world, run } = await atStep('verify');
    const { smoke } = world.checks;
    Object.assign(world.checks, {
      smoke: async (release: Release) => {
        await world.clock.delay(3 * testPolicy.judgedForMs);
        return await smoke(release);
      },
    });
    assert.equal((await run()).outcome, 'done');
    assert.deepEqual(world.record().cohorts, ['smoke']);
  });

  it('names the test that fails', async () => {
    const { world, run } = await atStep('verify');
    world.brokenSmoke.add(parseRelease('42'));
    const { outcome, why, seen } = await run();
    assert.deepEqual([outcome, why], ['failed', 'failed: upload and read back']);
    assert.deepEqual(seen, ['upload and read back: it does not answer']);
  });
});
