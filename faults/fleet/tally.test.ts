import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../services/kit/ports.ts';
import type { Fleet } from './fleet.ts';
import { count, tallyOf, type Seen } from './tally.ts';
import { testPair } from './test-pair.ts';
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

describe('tallyOf', () => {
  const withinMs = 10_000;

  /** A fleet whose one paper is seen as `at` says, by the milliseconds that its clock has waited. */
  async function aFleet(
    context: TestContext,
    at: (waitedMs: number) => { readonly state: string; readonly shown: number },
  ) {
    const waits: number[] = [];
    const waited = () => waits.reduce((sum, ms) => sum + ms, 0);
    const url = await testPair(context, ({ path }) => {
      const { state, shown } = at(waited());
      if (path === '/v1/documents')
        return { status: 200, body: { documents: [{ id: 'a', sha256: 'abc', state }] } };
      const phone = { token: 'anna', shown: Array.from({ length: shown }, () => ({ document: 'a' })) };
      return { status: 200, body: { phones: [phone] } };
    });
    const fleet: Fleet = {
      senders: [{ user: 'anna', authorization: 'Bearer anna', url }],
      phonesUrl: url,
      uploads: [upload('a')],
      setRate: () => {},
      stop: async () => {},
    };
    const clock = { ...systemClock, monotonic: waited, delay: async (ms: number) => void waits.push(ms) };
    return { tally: await tallyOf(fleet, { clock, withinMs }), waited: waited() };
  }

  it('looks until everything is there, and a last time for what is shown twice', async context => {
    const { tally, waited } = await aFleet(context, waitedMs => ({
      state: waitedMs < 1_000 ? 'stored' : 'notified',
      shown: waitedMs < 1_000 ? 0 : waitedMs < 6_000 ? 1 : 2,
    }));
    assert.deepEqual([tally.ok, tally.lost, tally.duplicated, waited], [0, 0, 1, 6_000]);
  });

  it('counts as lost what is not there in time, nor at the last look', async context => {
    const { tally, waited } = await aFleet(context, () => ({ state: 'stored', shown: 0 }));
    assert.deepEqual([tally.ok, tally.lost, waited], [0, 1, withinMs + 5_000]);
  });

  it('does not count as lost what comes before the last look', async context => {
    const { tally } = await aFleet(context, waitedMs => {
      const isThere = waitedMs > withinMs;
      return { state: isThere ? 'notified' : 'stored', shown: isThere ? 1 : 0 };
    });
    assert.deepEqual([tally.ok, tally.lost], [1, 0]);
  });
});
