import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recentlyUsed } from './recently-used.ts';

describe('recentlyUsed', () => {
  it('forgets what was not asked for longest when it is full', () => {
    const kept = recentlyUsed<number>(2);
    kept.set('a', 1);
    kept.set('b', 2);
    kept.get('a');
    kept.set('c', 3);
    assert.deepEqual([kept.get('a'), kept.get('b'), kept.get('c')], [1, undefined, 3]);
  });

  it('replaces a value without forgetting another', () => {
    const kept = recentlyUsed<number>(2);
    kept.set('a', 1);
    kept.set('b', 2);
    kept.set('b', 3);
    assert.deepEqual([kept.get('a'), kept.get('b')], [1, 3]);
  });
});
