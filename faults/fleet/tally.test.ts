import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { count, type Seen } from './tally.ts';
import type { Try, Upload } from './upload.ts';

const taken: Try = { sentAt: 1_000, ms: 20, status: 202, servedBy: 'odd/1' };
const broken: Try = { sentAt: 500, ms: 30, status: 0, servedBy: '' };

function upload(id: string | undefined, tries: Try[] = [taken]): Upload {
  return { user: 'anna', key: `key-${id}`, sha256: 'abc', bytes: 3, tries, id };
}

function seen(rows: Record<string, { state?: string; sha256?: string; shown?: number }>): Seen {
  const entries = Object.entries(rows);
  return {
    listed: new Map(entries.map(([id, { state = 'notified', sha256 = 'abc' }]) => [id, { state, sha256 }])),
    shown: new Map(entries.map(([id, { shown = 1 }]) => [id, shown])),
  };
}

describe('count', () => {
  it('counts what is stored as sent and shown once', () => {
    const { attempt, acknowledged, ok, lost, duplicated, failed } = count([upload('a')], seen({ a: {} }));
    assert.deepEqual(
      { attempt, acknowledged, ok, lost, duplicated, failed },
      {
        attempt: 1,
        acknowledged: 1,
        ok: 1,
        lost: 0,
        duplicated: 0,
        failed: 0,
      },
    );
  });

  it('counts as lost what is not there, not as sent, not final, or not shown', () => {
    const uploads = ['gone', 'altered', 'stored', 'unseen'].map(id => upload(id));
    const rows = { altered: { sha256: 'xyz' }, stored: { state: 'stored' }, unseen: { shown: 0 } };
    const { lost, ok, examples } = count(uploads, seen(rows));
    assert.deepEqual([lost, ok, examples[0]], [4, 0, 'gone of anna: not there']);
  });

  it('counts as duplicated what is shown twice, and a document that nobody was promised', () => {
    const { duplicated } = count([upload('a')], seen({ a: { shown: 2 }, stranger: {} }));
    assert.equal(duplicated, 2);
  });

  it('does not take for a stranger what a broken answer may have promised', () => {
    const { duplicated, failed } = count([upload(undefined, [broken])], seen({ a: {} }));
    assert.deepEqual([duplicated, failed], [0, 1]);
  });

  it('counts strangers beyond those that broken answers may have promised, and names them', () => {
    const uploads = [upload(undefined, [broken]), upload('a')];
    const { duplicated, examples } = count(uploads, seen({ a: {}, b: {}, c: {} }));
    assert.deepEqual([duplicated, examples], [1, ['b was promised to nobody', 'c was promised to nobody']]);
  });

  it('does not count what is lost, and shown twice, twice', () => {
    const { ok, lost, duplicated } = count([upload('a')], seen({ a: { state: 'stored', shown: 2 } }));
    assert.deepEqual([ok, lost, duplicated], [0, 1, 1]);
  });

  it('counts requests that were repeated, and how long the paper waited', () => {
    const { failedRequests, longestMs, acceptP99Ms } = count([upload('a', [broken, taken])], seen({ a: {} }));
    assert.deepEqual([failedRequests, longestMs, acceptP99Ms], [1, 520, 0]);
  });
});
