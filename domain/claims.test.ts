import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bucketOf, cohortsClaim } from './claims.ts';

describe('bucketOf', () => {
  it('is the first 32 bits of SHA-256 mod 1000, as three digits', () => {
    // printf anna | sha256sum → 55579b55…; 0x55579b55 mod 1000 = 333
    assert.equal(bucketOf('anna'), String(0x55579b55 % 1000).padStart(3, '0'));
  });

  it('always has three digits and never changes', () => {
    fc.assert(
      fc.property(fc.string(), user => {
        assert.match(bucketOf(user), /^\d{3}$/);
        assert.equal(bucketOf(user), bucketOf(user));
      }),
    );
  });

  it('spreads users evenly', () => {
    const low = Array.from({ length: 20_000 }, (_, n) => bucketOf(`user-${n}`)).filter(
      bucket => bucket < '100',
    );
    assert.ok(Math.abs(low.length - 2_000) < 200, `${low.length} of 20000 are below 100`);
  });
});

describe('cohortsClaim', () => {
  it('has a space at both ends, so that one expression finds a whole name', () => {
    const claim = cohortsClaim(['beta', 'pilot']);
    assert.equal(claim, ' beta pilot ');
    assert.match(claim, / beta /);
    assert.doesNotMatch(cohortsClaim(['betamax']), / beta /);
    assert.equal(cohortsClaim([]), ' ');
  });
});
