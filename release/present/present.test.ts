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
    const shown = [900, 15_000, 150_000, 86_400_000, 3_661_000].map(presentDuration);
    assert.deepEqual(shown, ['900 ms', '15 s', '2 min 30 s', '24 h', '1 h 1 min']);
  });
});

describe('presentPlan', () => {
  it('has a line for each step, and says what going back would cost', () => {
    const lines = presentPlan(planRelease(recordIn('settled'), r42, productionPolicy)).split('\n');
    assert.match(lines[0] ?? '', /^Release 42 after 41, by the production policy: about \d+ h \d+ min$/);
    const line = (step: string) => lines.find(each => each.startsWith(step));
    assert.match(line('shift 25%') ?? '', /2 h +2 h 1 min +1 s +5 min 30 s +threshold 0 and no cohort/);
    assert.match(line('cover') ?? '', /waits for a person; threshold 0/);
    assert.match(line('settle') ?? '', /– +– +the release before leaves/);
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
      '2026-11-22T05:10:00.000Z  anna  shift 10% failed after 2 s: errors: at least 3.0 points more than the live release',
      '    errors: worse: 5.00 % of 2000 users on the candidate',
      '2026-11-22T05:10:01.000Z  anna  record 9: take back: worse',
    ]);
  });

  it('tells nothing twice, and nothing of other releases', () => {
    const again = historyOf(r42, [{ kind: 'write', why: 'worse', ...write }], record);
    assert.equal(again.length, 1);
    const other = parseRelease('41');
    assert.equal(presentHistory(other, historyOf(other, [], record)), 'Nothing is told of release 41.');
  });
});
