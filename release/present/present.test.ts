import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn } from '../../domain/record-in.ts';
import { parseRelease } from '../../domain/release.ts';
import { planRelease } from '../plan.ts';
import { productionPolicy } from '../policies.ts';
import type { JournalEntry } from '../store/journal-entry.ts';
import { presentDuration } from './duration.ts';
import { historyOf, presentHistory } from './history.ts';
import { presentPlan } from './plan.ts';

const r42 = parseRelease('42');

describe('presentDuration', () => {
  it('uses the two largest units', () => {
    const shown = [900, 999.6, 15_000, 150_000, 86_400_000, 3_661_000].map(presentDuration);
    assert.deepEqual(shown, ['900 ms', '1 s', '15 s', '2 min 30 s', '24 h', '1 h 1 min']);
  });
});

describe('presentPlan', () => {
  it('has a line for each step, under what going back would cost', () => {
    const lines = presentPlan(planRelease(recordIn('settled'), r42, productionPolicy)).split('\n');
    assert.match(
      lines[0] ?? '',
      /^Release 42 after 41, to even, by the production policy: about \d+ h \d+ min, /,
    );
    const at = (start: string) => lines.findIndex(each => each.startsWith(start));
    assert.match(lines[at('  shift 25%')] ?? '', /2 h +2 h 1 min +25 % of the users$/);
    assert.match(lines[at('  cover')] ?? '', /42 starts on odd too; waits for a person$/);
    assert.match(
      lines[at('  settle') - 1] ?? '',
      /^No way back: the release before leaves, and from here on/,
    );
    const untouched = at('Nothing to take back: no user has met it');
    const threshold = at(
      'Back in 1 s, or in 5 min 30 s if nobody judges: threshold 0 and no cohort, one change',
    );
    const roles = at('Back in 1 s, or in 5 min 30 s if nobody judges: the release before is live again');
    const order = [
      untouched,
      at('  deploy'),
      threshold,
      at('  verify'),
      at('  cover'),
      roles,
      at('  flip'),
      at('  bake'),
    ];
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.ok(untouched > 0);
  });

  it('says that roles turn first, where the release belongs to the cluster that is live', () => {
    const r43 = parseRelease('43');
    const text = presentPlan(planRelease(recordIn('settled'), r43, productionPolicy));
    assert.match(text, /^ {2}turn .* even takes over with 41, for 43 to go to odd$/m);
  });
});

describe('presentHistory', () => {
  const step: JournalEntry = {
    kind: 'step',
    nonce: 'n2',
    step: 'shift 10%',
    at: '2026-11-22T05:10:00.000Z',
    tookMs: 2_000,
    who: 'anna',
    outcome: 'failed',
    why: 'errors: at least 3.0 points more than the live release',
    seen: ['errors: worse: 5.00 % of 2000 users on the candidate'],
  };
  const write = {
    version: 9,
    nonce: 'n3',
    at: '2026-11-22T05:10:01.000Z',
    who: 'anna',
    what: 'take back',
    about: r42,
  };
  const record = { ...recordIn('deployed'), writes: [{ ...write, why: 'worse' }] };

  it('tells who did what, how it ended, and what was seen; what stands in the record alone too', () => {
    const entries = historyOf(r42, [step], record);
    assert.deepEqual(presentHistory(r42, entries).split('\n'), [
      '2026-11-22',
      '05:10:00  anna  shift 10%   failed after 2 s: errors: at least 3.0 points more than the live release',
      '    errors: worse: 5.00 % of 2000 users on the candidate',
      '05:10:01  anna    record 9  take back: worse',
    ]);
  });

  it('counts what was done several times in a row, and the checks that found nothing', () => {
    const judged = (version: number): JournalEntry => ({
      ...{ kind: 'write', ...write, version, nonce: `j${version}`, what: 'judged', why: 'fine' },
    });
    const looked: JournalEntry = {
      ...step,
      at: '2026-11-23T00:00:00.000Z',
      seen: ['a: ok', 'b: ok', 'c: no'],
    };
    const lines = presentHistory(r42, [judged(7), judged(8), looked]).split('\n');
    assert.equal(lines[1], '05:10:01  anna    record 8  judged, 2 times: fine');
    assert.deepEqual([lines[0], lines[2]], ['2026-11-22', '2026-11-23']);
    assert.deepEqual(lines.slice(4), ['    2 of 3 checks: ok', '    c: no']);
  });

  it('tells nothing twice, and nothing of other releases', () => {
    const again = historyOf(r42, [{ kind: 'write', why: 'worse', ...write }], record);
    assert.equal(again.length, 1);
    const other = parseRelease('41');
    assert.equal(presentHistory(other, historyOf(other, [], record)), 'Nothing is told of release 41.');
  });
});
