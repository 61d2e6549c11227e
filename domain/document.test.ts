import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentMoves, documentStates, firstRowStates, isReadable, isSettled, mayMove } from './document.ts';

describe('mayMove', () => {
  it('follows the one table', () => {
    assert.ok(mayMove('accepted', 'storing'));
    assert.ok(mayMove('parked', 'storing'));
    assert.ok(mayMove('stored', 'notified'));
    assert.ok(!mayMove('notified', 'stored'));
    assert.ok(!mayMove('deleted', 'stored'));
    assert.ok(!mayMove('stored', 'parked'));
  });

  it('lets every state be reached from accepted', () => {
    const reached = new Set<string>(['accepted']);
    for (const state of reached) {
      for (const next of documentMoves[state as keyof typeof documentMoves]) reached.add(next);
    }
    assert.deepEqual([...reached].sort(), [...documentStates].sort());
  });

  it('lets a row be born only where accepted or storing may go', () => {
    for (const state of firstRowStates)
      assert.ok(mayMove('accepted', state) || mayMove('storing', state), state);
  });

  it('leaves a tombstone for ever', () => {
    for (const state of ['deleted', 'cancelled', 'rejected'] as const) {
      assert.deepEqual(documentMoves[state], []);
    }
  });
});

describe('isSettled', () => {
  it('is false exactly while something will happen by itself', () => {
    assert.deepEqual(
      documentStates.filter(state => !isSettled(state)),
      ['accepted', 'storing', 'stored'],
    );
  });
});

describe('isReadable', () => {
  it('is true of what is stored and not known to be corrupt', () => {
    assert.deepEqual(documentStates.filter(isReadable), ['stored', 'notified']);
  });
});
