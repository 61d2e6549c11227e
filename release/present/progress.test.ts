import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn } from '../../domain/record-in.ts';
import { parseRelease } from '../../domain/release.ts';
import type { Judgement } from '../gates/verdict.ts';
import { planRelease } from '../plan.ts';
import { laptopPolicy } from '../policies.ts';
import type { Progress } from '../shipment.ts';
import { presentEvent, presentScreen } from './progress.ts';
import { beginView, leftMs, nextView } from './ship-view.ts';

const plan = planRelease(recordIn('settled'), parseRelease('42'), laptopPolicy);
const sides = {
  candidate: { users: 50, sum: 5, sumOfSquares: 5 },
  live: { users: 60, sum: 0, sumOfSquares: 0 },
  baseline: { users: 60, sum: 0, sumOfSquares: 0 },
  together: true,
};
const worse: Judgement = {
  verdict: 'worse',
  why: 'errors: at least 3.0 points more than the live release',
  readings: [
    { gate: 'errors', verdict: 'worse', why: 'at least 3.0 points more than the live release', sides },
  ],
};
const look: Progress = {
  kind: 'look',
  step: 'shift 10%',
  threshold: 100,
  elapsedMs: 1_000,
  judgement: worse,
};

describe('leftMs', () => {
  it('counts what usually remains, never less than nothing, and only to the last step that is wanted', () => {
    const whole = beginView(plan, undefined, 0);
    const all = plan.steps.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
    assert.equal(leftMs(whole, 0), all);
    const [first] = plan.steps;
    const begun = nextView(whole, { kind: 'step', step: 'preflight' }, 1_000);
    assert.equal(leftMs(begun, 1_000 + 600_000), all - (first?.expectedMs ?? 0));
    const ended = nextView(begun, { kind: 'end', step: 'preflight', outcome: 'done', why: 'fine' }, 2_000);
    assert.equal(leftMs(ended, 2_000), all - (first?.expectedMs ?? 0));
    assert.deepEqual(beginView(plan, 'beta', 0).steps.at(-1)?.id, 'beta');
  });
});

describe('presentScreen', () => {
  it('shows steps, threshold, both sides of each gate, and the verdict', () => {
    let view = nextView(beginView(plan, undefined, 0), { kind: 'step', step: 'shift 10%' }, 10_000);
    view = nextView(view, look, 11_000);
    const lines = presentScreen(view, 12_000);
    assert.match(lines[0] ?? '', /^Release 42 after 41: 12 s, about 1 min \d+ s left$/);
    assert.match(lines[1] ?? '', /▶ shift 10% {2}shift 50%/);
    assert.equal(lines[2], '  threshold 10 %; shift 10%: 2 s of about 16 s');
    assert.match(lines[4] ?? '', /errors +10\.00 % of 50 users +0\.00 % of 60 users +worse/);
    assert.equal(lines[5], '  verdict: worse: errors: at least 3.0 points more than the live release');
  });
});

describe('presentEvent', () => {
  it('tells a look only when it says something else than the one before', () => {
    const before = nextView(beginView(plan, undefined, 0), { kind: 'step', step: 'shift 10%' }, 0);
    assert.deepEqual(presentEvent(look, before, 1_000), [
      'shift 10%: threshold 10 %, worse: errors: at least 3.0 points more than the live release',
    ]);
    assert.deepEqual(presentEvent(look, nextView(before, look, 1_000), 2_000), []);
  });

  it('tells when something else holds the release back, and when nothing does any more', () => {
    const lookAt = (gate: string, holdsBack: boolean): Progress => {
      const verdict = 'not-enough-evidence';
      return {
        ...look,
        judgement: { verdict, readings: [{ gate, verdict, why: 'why', holdsBack, sides }], why: gate },
      };
    };
    let view = nextView(beginView(plan, undefined, 0), { kind: 'step', step: 'shift 10%' }, 0);
    const told = [
      lookAt('errors', false),
      lookAt('errors', false),
      lookAt('peer link', true),
      lookAt('peer link', true),
      lookAt('errors', false),
    ].map(progress => {
      const lines = presentEvent(progress, view, 0);
      view = nextView(view, progress, 0);
      return lines.map(line => line.replace('shift 10%: threshold 10 %, not enough evidence: ', ''));
    });
    assert.deepEqual(told, [['errors'], [], ['peer link'], [], ['errors']]);
  });

  it('tells with the end of a hold what was seen', () => {
    const before = nextView(
      nextView(beginView(plan, undefined, 0), { kind: 'step', step: 'shift 10%' }, 0),
      look,
      1_000,
    );
    const end: Progress = { kind: 'end', step: 'shift 10%', outcome: 'failed', why: 'errors' };
    const [line, seen] = presentEvent(end, before, 3_000);
    assert.equal(line, 'shift 10% failed after 3 s: errors');
    assert.match(seen ?? '', /^ {4}errors: worse: 10\.00 % of 50 users on the candidate/);
    const taken: Progress = { ...end, outcome: 'taken-back', why: 'by otto (a word)' };
    assert.deepEqual(presentEvent(taken, before, 3_000), [
      'shift 10% taken back after 3 s: by otto (a word)',
    ]);
  });
});
