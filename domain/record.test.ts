import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstRecord, parseRecord, roleOf, type ReleaseRecord } from './record.ts';
import { parseRelease } from './release.ts';

const [r41, r42, r43] = ['41', '42', '43'].map(parseRelease) as [never, never, never];

function aRecord(changes: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const live = { parity: 'odd', release: r41 } as const;
  return {
    ...firstRecord({ live, at: '2026-11-22T05:00:00.000Z', who: 'a person', nonce: 'n1' }),
    ...changes,
  };
}

describe('parseRecord', () => {
  it('reads back what was written', () => {
    const record = aRecord({ candidate: r42, threshold: 50, cohorts: ['beta'], step: 'shift' });
    assert.deepEqual(parseRecord(JSON.parse(JSON.stringify(record))), record);
  });

  it('reports every fault at once, with its path', () => {
    const broken = {
      ...aRecord(),
      threshold: 1001,
      cohorts: ['Beta!'],
      live: { parity: 'blue', release: '41' },
    };
    assert.throws(
      () => parseRecord(broken),
      error => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^The record is not valid:/);
        for (const path of ['threshold', 'cohorts[0]', 'live.parity'])
          assert.ok(error.message.includes(path), path);
        return 'code' in error && error.code === 'invalid_record';
      },
    );
  });

  it('refuses a field it does not know, for a keeper that overlooks one would render wrong routes', () => {
    assert.throws(() => parseRecord({ ...aRecord(), treshold: 5 }), {
      code: 'invalid_record',
      message: /treshold/,
    });
  });
});

describe('roleOf', () => {
  it('follows from the record alone', () => {
    const record = aRecord({ candidate: r42 });
    assert.equal(roleOf(record, r41), 'live');
    assert.equal(roleOf(record, r42), 'candidate');
    assert.equal(roleOf(record, r43), undefined);
  });

  it('is retiring for the release before, and for those that are drained', () => {
    const record = aRecord({ live: { parity: 'odd', release: r43 }, previous: r42, retiring: [r41] });
    assert.equal(roleOf(record, r42), 'retiring');
    assert.equal(roleOf(record, r41), 'retiring');
  });
});
