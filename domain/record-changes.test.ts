import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isParityError } from './errors.ts';
import { nextRecord, type RecordChange } from './next-record.ts';
import { parities, type Parity } from './parity.ts';
import * as changes from './record-changes.ts';
import { recordIn, recordTime } from './record-in.ts';
import { isLapsed, namedReleases, recordFaults } from './record-laws.ts';
import { parseRecord, type ReleaseRecord } from './record.ts';
import { parseRelease, type Release } from './release.ts';
import { renderedRouting } from './rendered-routing.ts';
import { routingTable } from './routing.ts';

const { attend, begin, extend, flip, rejectCandidate, retired, routeCohorts, settle, shift } = changes;
const { approve, started, stopped, takeBack, turn } = changes;
const release = parseRelease;
const { nowMs } = recordTime;
const later = { nowMs: nowMs + 60_001, judgedForMs: 60_000 };
const by = {
  nonce: 'n',
  at: new Date(nowMs).toISOString(),
  who: 'a test',
  why: 'a test',
  about: release('42'),
};

interface Given extends changes.Judged {
  readonly release: Release;
  readonly parity: Parity;
  readonly threshold: number;
}

const given: fc.Arbitrary<Given> = fc.record({
  release: fc.constantFrom('40', '41', '42', '42.1', '43', '44').map(release),
  parity: fc.constantFrom(...parities),
  threshold: fc.constantFrom(10, 100, 500, 1000),
  nowMs: fc.integer({ min: nowMs, max: nowMs + 90_000 }),
  judgedForMs: fc.constant(30_000),
});

const everyChange: readonly ((record: ReleaseRecord, how: Given) => ReleaseRecord)[] = [
  (record, how) => begin(record, how.release),
  (record, how) => routeCohorts(record, { ...how, cohorts: ['beta'] }),
  (record, how) => stopped(record, how.release),
  (record, how) => retired(record, how.release),
  record => approve(record, 'beta'),
  started,
  shift,
  extend,
  attend,
  flip,
  settle,
  takeBack,
  rejectCandidate,
  turn,
];

const aChange = fc.tuple(fc.constantFrom(...everyChange), given).map(
  ([change, how]): RecordChange =>
    record =>
      change(record, how),
);

const phases = ['settled', 'begun', 'deployed', 'beta', 'shifted', 'covered', 'baking'] as const;
const history = fc.tuple(fc.constantFrom(...phases), fc.array(aChange, { maxLength: 30 }));

/** Every record on the way, refused changes left out. */
function recordsOf([phase, steps]: [(typeof phases)[number], RecordChange[]]): ReleaseRecord[] {
  const records = [recordIn(phase)];
  for (const change of steps) {
    try {
      records.push(nextRecord(records.at(-1) as ReleaseRecord, change, { ...by, what: 'a change' }));
    } catch (error) {
      if (!isParityError(error, 'release_refused')) throw error;
    }
  }
  return records;
}

describe('record changes', () => {
  it('keep every law, in any order', () => {
    fc.assert(
      fc.property(history, walked => {
        for (const record of recordsOf(walked)) {
          assert.deepEqual(recordFaults(record), []);
          parseRecord(JSON.parse(JSON.stringify(record)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never lose a release that runs without having retired it', () => {
    fc.assert(
      fc.property(history, walked => {
        const records = recordsOf(walked);
        records.slice(1).forEach((record, at) => {
          for (const named of namedReleases(records[at] as ReleaseRecord)) {
            const gone = !namedReleases(record).includes(named);
            assert.ok(!gone || records[at]?.retiring.includes(named), `${named} vanished`);
          }
        });
      }),
    );
  });
});

describe('renderedRouting', () => {
  it('past judgedUntil leaves nobody on what is not proven, and before it is the record’s own', () => {
    fc.assert(
      fc.property(history, given, (walked, at) => {
        for (const record of recordsOf(walked)) {
          const table = routingTable(renderedRouting(record, at.nowMs));
          const unproven = record.previous === undefined ? record.candidate : record.live.release;
          if (isLapsed(record, at.nowMs)) assert.ok(table.every(rule => rule.release !== unproven));
          else assert.deepEqual(table, routingTable(record));
        }
      }),
    );
  });

  it('puts nobody on a candidate that nobody judges', () => {
    const { threshold, cohorts } = renderedRouting(recordIn('shifted'), later.nowMs);
    assert.deepEqual({ threshold, cohorts }, { threshold: 0, cohorts: [] });
  });

  it('renders the previous release when nobody judges the bake', () => {
    assert.deepEqual(renderedRouting(recordIn('baking'), nowMs).live, { parity: 'even', release: '42' });
    assert.deepEqual(renderedRouting(recordIn('baking'), later.nowMs).live, { parity: 'odd', release: '41' });
  });
});

describe('begin', () => {
  it('lets a repaired build take the place of one that no user is on', () => {
    const record = begin(recordIn('deployed'), release('42.1'));
    assert.equal(record.candidate, '42.1');
    assert.deepEqual(record.retiring, ['42']);
  });
});

describe('flip', () => {
  it('changes live and previous over, with the evidence to compare with', () => {
    const half = shift(recordIn('deployed'), { threshold: 500, ...recordTime });
    const whole = shift(half, { threshold: 1000, ...later, nowMs: nowMs + 30_000 });
    const both = started(whole, { release: release('42'), parity: 'odd' });
    const record = flip(both, { ...later, nowMs: nowMs + 40_000 });
    assert.deepEqual(record.live, { parity: 'even', release: '42' });
    assert.equal(record.previous, '41');
    assert.equal(record.candidate, undefined);
    assert.deepEqual(record.evidence?.reference, {
      from: new Date(nowMs).toISOString(),
      to: new Date(nowMs + 30_000).toISOString(),
    });
  });
});

describe('takeBack', () => {
  it('makes the previous release live again where it was', () => {
    const record = takeBack(recordIn('baking'));
    assert.deepEqual(record.live, { parity: 'odd', release: '41' });
    assert.equal(record.candidate, '42');
    assert.equal(record.threshold, 0);
  });
});

describe('settle', () => {
  it('lets the release before retire', () => {
    const record = settle(recordIn('baking'), recordTime);
    assert.deepEqual(record.retiring, ['41']);
    assert.equal(record.judgedUntil, undefined);
  });
});

describe('refusals', () => {
  const settled = recordIn('settled');
  const shifted = recordIn('shifted', 100);
  const baking = recordIn('baking');
  const refused: [string, () => unknown, string][] = [
    [
      'begin in a bake',
      () => begin(baking, release('43')),
      'Release 42 is in its bake: wait until it has settled, or roll it back.',
    ],
    [
      'begin on the live cluster',
      () => begin(settled, release('43')),
      'Release 43 ships to odd, which is live: turn first.',
    ],
    [
      'begin with an old release',
      () => begin(settled, release('40')),
      'Release 40 is not newer than 41, which is live.',
    ],
    [
      'begin twice',
      () => begin(shifted, release('44')),
      'Release 42 is being shipped: resume or abort it first.',
    ],
    [
      'begin with what was given up',
      () => begin(rejectCandidate(recordIn('deployed')), release('42')),
      'Release 42 has been given up: ship a repaired build of its sprint.',
    ],
    [
      'start a stranger',
      () => started(settled, { release: release('42'), parity: 'odd' }),
      'Release 42 is not part of the pair any more.',
    ],
    [
      'shift without candidate',
      () => shift(settled, { threshold: 10, ...recordTime }),
      'No release is being shipped.',
    ],
    [
      'shift before deploying',
      () => shift(recordIn('begun'), { threshold: 10, ...recordTime }),
      'Release 42 does not run on even: deploy it first.',
    ],
    [
      'shift unjudged',
      () => shift(shifted, { threshold: 500, ...later }),
      'The judgement ended at 2026-11-22T05:01:00.000Z: roll back, then ship again.',
    ],
    [
      'extend nothing',
      () => extend(settled, recordTime),
      'No user is on unproven ground: there is nothing to judge.',
    ],
    [
      'extend what lapsed',
      () => extend(shifted, later),
      'The judgement ended at 2026-11-22T05:01:00.000Z: what was not judged has been taken back.',
    ],
    [
      'flip too early',
      () => flip(shifted, recordTime),
      'Only 10 % of the users are on 42: shift everybody first.',
    ],
    [
      'flip without cover',
      () => flip(recordIn('shifted'), recordTime),
      'Release 42 does not run in both clusters: a flip would leave no cover.',
    ],
    [
      'flip before retirement',
      () => flip({ ...recordIn('covered'), retiring: [release('40')] }, recordTime),
      'Release 40 has not left yet: finish its retirement first.',
    ],
    [
      'settle nothing',
      () => settle(settled, recordTime),
      'No release is in its bake: there is nothing to settle.',
    ],
    ['settle what lapsed', () => settle(baking, later), 'Nobody judged in time: users are back on 41.'],
    [
      'take back nothing',
      () => takeBack(settled),
      'No release is being shipped: there is nothing to take back.',
    ],
    [
      'give up nothing',
      () => rejectCandidate(settled),
      'No release is being shipped: there is nothing to give up.',
    ],
    ['give up under users', () => rejectCandidate(shifted), 'Users are on 42: roll it back first.'],
    [
      'turn while shipping',
      () => turn(baking),
      'Release 42 is being shipped: wait until it has settled, or abort it.',
    ],
    [
      'approve nothing',
      () => approve(settled, 'beta'),
      'No release is being shipped: there is nothing to approve.',
    ],
    [
      'stop what is needed',
      () => stopped(settled, release('41')),
      'Release 41 is not retiring: it must not be stopped.',
    ],
    ['forget what runs', () => retired(settle(baking, recordTime), release('41')), 'Release 41 still runs.'],
  ];

  for (const [name, act, message] of refused) {
    it(name, () => assert.throws(act, { code: 'release_refused', message }));
  }
});

describe('attend', () => {
  const shifted = recordIn('shifted');
  const untilMs = (record: ReleaseRecord) => Date.parse(record.judgedUntil ?? '') - nowMs;

  it('ends a long time as soon as a judgement does, and makes none longer', () => {
    const left = extend(shifted, { nowMs, judgedForMs: 3_600_000 });
    assert.equal(untilMs(attend(left, { nowMs, judgedForMs: 15_000 })), 15_000);
    assert.equal(untilMs(attend(shifted, { nowMs, judgedForMs: 3_600_000 })), 60_000);
  });

  it('changes nothing where nobody is on unproven ground, or nobody judged in time', () => {
    assert.equal(attend(shifted, later), shifted);
    const settled = recordIn('settled');
    assert.equal(attend(settled, recordTime), settled);
  });
});
