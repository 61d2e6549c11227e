import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allRequiredMet, judge, presentVerdict, type Target } from './verdict.ts';

const faster: Target = { what: 'x', unit: ' ×', kind: 'required', bound: { atLeast: 3 } };
const sooner: Target = { what: 'y', unit: ' ms', kind: 'goal', bound: { atMost: 100 } };

describe('judge', () => {
  it('meets a bound exactly, and misses it by the least', () => {
    assert.equal(judge(faster, 3).outcome, 'met');
    assert.equal(judge(faster, 2.999).outcome, 'missed');
    assert.equal(judge(sooner, 100).outcome, 'met');
    assert.equal(judge(sooner, 100.001).outcome, 'missed');
  });

  it('takes no figure, or none that is a number, for a miss', () => {
    for (const target of [faster, sooner]) {
      assert.equal(judge(target, undefined).outcome, 'missed');
      assert.equal(judge(target, Number.NaN).outcome, 'missed');
    }
  });
});

describe('allRequiredMet', () => {
  it('forgives a goal, never what is required', () => {
    assert.equal(allRequiredMet([judge(faster, 4), judge(sooner, 200)]), true);
    assert.equal(allRequiredMet([judge(faster, 1), judge(sooner, 1)]), false);
  });
});

describe('presentVerdict', () => {
  it('says MISSED where it was', () => {
    assert.equal(presentVerdict(judge(sooner, 130.4)), 'MISSED  goal      y: 130 ms (at most 100 ms)');
    assert.equal(
      presentVerdict(judge(faster, undefined)),
      'MISSED  required  x: not measured (at least 3 ×)',
    );
    assert.equal(presentVerdict(judge(faster, 3.456)), 'met     required  x: 3.46 × (at least 3 ×)');
  });
});
