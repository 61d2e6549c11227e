import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn } from './record-in.ts';
import { roleOf } from './release-role.ts';
import { parseRelease } from './release.ts';

const release = parseRelease;

describe('roleOf', () => {
  it('follows from the record alone', () => {
    assert.equal(roleOf(recordIn('beta'), release('41')), 'live');
    assert.equal(roleOf(recordIn('beta'), release('42')), 'candidate');
    assert.equal(roleOf(recordIn('beta'), release('43')), undefined);
  });

  it('is retiring for the release before, and for those that are drained', () => {
    assert.equal(roleOf(recordIn('baking'), release('41')), 'retiring');
    assert.equal(roleOf({ ...recordIn('settled'), retiring: [release('40')] }, release('40')), 'retiring');
  });
});
