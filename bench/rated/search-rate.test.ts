import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { searchRate } from './search-rate.ts';

const machineOf = (limit: number) => async (perSecond: number) => ({ perSecond, holds: perSecond <= limit });

describe('searchRate', () => {
  it('comes within a tenth below what a machine can do, in a few trials', async () => {
    for (const limit of [1, 4, 5, 17, 63, 250]) {
      const { trials, best } = await searchRate({ first: 8, least: 1 }, machineOf(limit));
      assert.ok(best !== undefined && best.perSecond <= limit && best.perSecond >= limit / 1.1, `${limit}`);
      assert.ok(trials.length <= 12);
    }
  });

  it('finds nothing where not even the least rate holds', async () => {
    const { trials, best } = await searchRate({ first: 8, least: 1 }, machineOf(0.5));
    assert.deepEqual([trials.length, best], [4, undefined]);
  });
});
