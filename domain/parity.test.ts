import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isParity, parities, parityOfSprint, peerOf, perParity } from './parity.ts';

describe('peerOf', () => {
  it('is the other one, and its peer is oneself', () => {
    for (const parity of parities) {
      assert.notEqual(peerOf(parity), parity);
      assert.equal(peerOf(peerOf(parity)), parity);
    }
  });
});

describe('parityOfSprint', () => {
  it('alternates from sprint to sprint, beginning with odd', () => {
    assert.equal(parityOfSprint(41), 'odd');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), sprint => {
        assert.equal(parityOfSprint(sprint + 1), peerOf(parityOfSprint(sprint)));
      }),
    );
  });
});

describe('isParity', () => {
  it('knows the two names and nothing else', () => {
    assert.deepEqual(['odd', 'even', 'Odd', 'blue', ''].filter(isParity), ['odd', 'even']);
  });
});

describe('perParity', () => {
  it('asks for each cluster once', () => {
    assert.deepEqual(
      perParity(parity => `${parity}!`),
      { odd: 'odd!', even: 'even!' },
    );
  });
});
