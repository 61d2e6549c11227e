import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareReleases, nextRepair, parityOfRelease, parseRelease, sprintOf } from './release.ts';

describe('parseRelease', () => {
  it('takes a sprint and a repaired build of it', () => {
    assert.equal(sprintOf(parseRelease('42')), 42);
    assert.equal(sprintOf(parseRelease('42.1')), 42);
  });

  it('refuses everything else and says what a release looks like', () => {
    for (const text of ['', '0', '042', '42.0', '42.1.1', '-1', 'v42', '42 ', '4_2']) {
      assert.throws(() => parseRelease(text), {
        code: 'invalid_request',
        message: `"${text}" is no release: a sprint such as 42, or a repair such as 42.1.`,
      });
    }
  });
});

describe('parityOfRelease', () => {
  it('is that of its sprint, for repairs too', () => {
    assert.equal(parityOfRelease(parseRelease('42.3')), 'even');
    assert.equal(parityOfRelease(parseRelease('43')), 'odd');
  });
});

describe('nextRepair', () => {
  it('is a name that a repair of a sprint, or of a repair, can have', () => {
    const repairs = ['42', '42.1', '42.9'].map(name => parseRelease(nextRepair(parseRelease(name))));
    assert.deepEqual(repairs, ['42.1', '42.2', '42.10']);
  });
});

describe('compareReleases', () => {
  it('orders by sprint, then by repair, as numbers', () => {
    const sorted = ['42.10', '9', '42.2', '42', '41.9'].map(parseRelease).sort(compareReleases);
    assert.deepEqual(sorted, ['9', '41.9', '42', '42.2', '42.10']);
  });

  it('is antisymmetric', () => {
    const release = fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 9 }))
      .map(([sprint, repair]) => parseRelease(repair === 0 ? `${sprint}` : `${sprint}.${repair}`));
    fc.assert(
      fc.property(release, release, (a, b) => {
        assert.equal(Math.sign(compareReleases(a, b)), -Math.sign(compareReleases(b, a)) + 0);
      }),
    );
  });
});
