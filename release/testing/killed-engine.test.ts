import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { deathsOf, shipKilledAt, shipUndisturbed } from './killed-engine.ts';
import { testPolicy } from './test-world.ts';

const order = { release: parseRelease('42'), policy: testPolicy, who: 'anna', why: 'sprint 42' };

/** A sample that meets every port; `npm run test:release` takes every call. */
const everyNth = 47;

describe('an engine that is killed', () => {
  it('ends where an undisturbed one does when another is started, wherever it died', async () => {
    const { calls, end } = await shipUndisturbed(order);
    assert.equal(end.outcome, 'settled');
    for (const death of deathsOf(calls).filter((_, at) => at % everyNth === 0)) {
      assert.deepEqual(
        await shipKilledAt(order, death),
        end,
        `${death.when} ${calls[death.call - 1]} (${death.call})`,
      );
    }
  });
});
