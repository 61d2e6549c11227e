import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInRange } from './version-range.ts';

describe('isInRange', () => {
  it('compares number by number', () => {
    const range = { from: '4.2', below: '5' };
    for (const version of ['4.2', '4.2.0', '4.3.6-1', '4.10']) assert.ok(isInRange(version, range), version);
    for (const version of ['4.1.9', '3.13.7', '5', '5.0.0-rc1', '', 'new'])
      assert.ok(!isInRange(version, range), version);
  });
});
