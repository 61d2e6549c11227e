import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settledWeights, weightsTowards } from './dns-weights.ts';
import { recordIn } from './record-in.ts';
import { recordFaults } from './record-laws.ts';
import { parseRecord, type ReleaseRecord } from './record.ts';
import { parseRelease, type Release } from './release.ts';

const [r40, r41, r42, r43] = ['40', '41', '42', '43'].map(parseRelease) as [
  Release,
  Release,
  Release,
  Release,
];

const stored = (record: ReleaseRecord): unknown => JSON.parse(JSON.stringify(record));

describe('parseRecord', () => {
  it('reads back what was written, in every phase of a release', () => {
    for (const phase of ['settled', 'begun', 'deployed', 'beta', 'shifted', 'covered', 'baking'] as const) {
      const record = { ...recordIn(phase), step: 'shift 10%' as const };
      assert.deepEqual(stored(parseRecord(stored(record))), stored(record));
    }
  });

  it('reports every fault at once, with its path', () => {
    const broken = {
      ...recordIn('settled'),
      threshold: 1001,
      cohorts: ['Beta!'],
      step: 'shift',
      live: { parity: 'blue', release: '41' },
    };
    assert.throws(
      () => parseRecord(broken),
      error => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^The record is not valid:/);
        for (const path of ['threshold', 'cohorts[0]', 'live.parity', 'step'])
          assert.ok(error.message.includes(path), path);
        return 'code' in error && error.code === 'invalid_record';
      },
    );
  });

  it('refuses a field it does not know, for a keeper that overlooks one would render wrong routes', () => {
    assert.throws(() => parseRecord({ ...recordIn('settled'), treshold: 5 }), {
      code: 'invalid_record',
      message: /treshold/,
    });
  });

  it('refuses a record that breaks a law', () => {
    assert.throws(() => parseRecord({ ...recordIn('settled'), threshold: 5 }), {
      code: 'invalid_record',
      message: /users go to a candidate only, and only where it runs/,
    });
  });
});

describe('recordFaults', () => {
  const [settled, begun, shifted, baking] = (['settled', 'begun', 'shifted', 'baking'] as const).map(phase =>
    recordIn(phase),
  ) as [ReleaseRecord, ReleaseRecord, ReleaseRecord, ReleaseRecord];
  const broken: [string, ReleaseRecord][] = [
    ['one role only', { ...begun, retiring: [r42] }],
    ['what runs has a role', { ...settled, runs: { odd: [r41, r40], even: [r41] } }],
    ['the cover never lapses', { ...settled, runs: { odd: [r41], even: [] } }],
    ['nothing is shipped while', { ...baking, candidate: r43 }],
    ['ships to the idle cluster', { ...begun, candidate: r43 }],
    ['users go to a candidate only', { ...shifted, runs: { odd: [r41, r42], even: [r41] } }],
    ['the release before runs in both', { ...baking, runs: { odd: [r42], even: [r41, r42] } }],
    ['judgedUntil stands exactly', { ...shifted, judgedUntil: undefined }],
    ['judgedUntil stands exactly', { ...settled, evidence: shifted.evidence }],
  ];

  for (const [law, record] of broken) {
    it(`tells when broken: ${law}`, () => assert.ok(recordFaults(record).some(fault => fault.includes(law))));
  }

  it('is empty for a lawful record', () => assert.deepEqual(recordFaults(baking), []));
});

describe('settledWeights', () => {
  it('follows the record, and never names nobody', () => {
    assert.deepEqual(settledWeights(recordIn('settled')), { odd: 255, even: 0 });
    assert.deepEqual(settledWeights(recordIn('baking')), { odd: 0, even: 255 });
    assert.deepEqual(weightsTowards('even', 25), { odd: 191, even: 64 });
  });
});
