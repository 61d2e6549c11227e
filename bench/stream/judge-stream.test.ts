import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeStream } from './judge-stream.ts';
import type { StreamFigures } from './measure-stream.ts';

const mib = 1024 * 1024;

function figures(changes: Partial<StreamFigures> = {}): StreamFigures {
  return {
    ...{ bytes: 2e9, acceptedAfterS: 20, settledAfterS: 60, state: 'notified', hashIsRight: true },
    ...{ servedBefore: 'odd/1', servedBy: 'even/1', sameConnection: true },
    processes: [{ name: 'gateway', before: 100 * mib, most: 140 * mib, growth: 40 * mib }],
    ...changes,
  };
}

const missed = (changes?: Partial<StreamFigures>) =>
  judgeStream(figures(changes)).flatMap(({ what, outcome }) => (outcome === 'missed' ? [what] : []));

describe('judgeStream', () => {
  it('is content with a document that arrived whole, over both gateways, in little memory', () => {
    assert.deepEqual(missed(), []);
  });

  it('misses a document that is not stored, or is another one', () => {
    for (const change of [{ state: 'parked' }, { hashIsRight: false }] as const) {
      assert.deepEqual(missed(change), ['long uploads that are stored with the right hash']);
    }
  });

  it('misses an upload that may have gone another way', () => {
    for (const change of [{ sameConnection: false }, { servedBy: 'odd/1' }]) {
      assert.deepEqual(missed(change), ['long uploads that went over both gateways']);
    }
  });

  it('misses a process that grew beyond 64 MiB', () => {
    const processes = [{ name: 'gateway', before: 0, most: 65 * mib, growth: 65 * mib }];
    assert.deepEqual(missed({ processes }), ['growth of gateway']);
  });
});
