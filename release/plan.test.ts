import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enterStep, takeBack } from '../domain/record-changes.ts';
import { recordIn } from '../domain/record-in.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { parseRelease, type Release } from '../domain/release.ts';
import { planRelease } from './plan.ts';
import { laptopPolicy, productionPolicy } from './policies.ts';

const [r41, r42, r43] = ['41', '42', '43'].map(parseRelease) as [Release, Release, Release];
const laptopSteps = [
  'preflight',
  'deploy',
  'verify',
  'beta',
  'shift 10%',
  'shift 50%',
  'shift 100%',
  'cover',
  'flip',
  'bake',
  'settle',
];

function stepsOf(record: ReleaseRecord, release: Release = r42, policy = laptopPolicy): string[] {
  return planRelease(record, release, policy).steps.map(({ id }) => id);
}

describe('planRelease', () => {
  it('names every step in its order', () => {
    assert.deepEqual(stepsOf(recordIn('settled')), laptopSteps);
  });

  it('turns first when the idle cluster is not the sprint’s', () => {
    assert.deepEqual(stepsOf(recordIn('settled'), r43).slice(0, 3), ['preflight', 'turn', 'deploy']);
  });

  it('goes on where the record is', () => {
    const record = enterStep(recordIn('shifted', 500), 'shift 50%');
    assert.equal(stepsOf(record)[0], 'shift 50%');
    assert.equal(stepsOf(enterStep(recordIn('baking'), 'bake'))[0], 'bake');
  });

  it('goes on with the next stage when the policy has others by now', () => {
    const record = enterStep(recordIn('shifted', 500), 'shift 50%');
    const [, , last] = laptopPolicy.shift;
    const stages = [{ percent: 60, holdMs: 1, margin: 0.1 }, last as NonNullable<typeof last>];
    assert.equal(stepsOf(record, r42, { ...laptopPolicy, shift: stages })[0], 'shift 60%');
  });

  it('begins anew after a release was taken back', () => {
    assert.deepEqual(stepsOf(takeBack(enterStep(recordIn('baking'), 'bake'))), laptopSteps);
  });

  it('says how long each step takes, and what going back would cost', () => {
    const { steps, from } = planRelease(recordIn('settled'), r42, productionPolicy);
    assert.equal(from, '41');
    for (const { expectedMs, worstMs } of steps) assert.ok(expectedMs > 0 && expectedMs <= worstMs);
    const recoveries = Object.fromEntries(steps.map(({ id, recoveryMs }) => [id, recoveryMs]));
    assert.equal(recoveries['deploy'], 0);
    assert.equal(recoveries['bake'], productionPolicy.usual.convergeMs);
    assert.equal(recoveries['settle'], undefined);
    assert.deepEqual(
      steps.filter(step => step.needsApproval).map(({ id }) => id),
      ['beta', 'cover'],
    );
  });

  it('takes less than three minutes on a laptop', () => {
    const { steps } = planRelease(recordIn('settled'), r42, laptopPolicy);
    assert.ok(steps.reduce((sum, { expectedMs }) => sum + expectedMs, 0) < 180_000);
  });

  it('is there at once', () => {
    // The quickest of a few: what else a machine does while it plans is not the plan's.
    const tookMs = Array.from({ length: 5 }, () => {
      const began = performance.now();
      planRelease(recordIn('settled'), r42, productionPolicy);
      return performance.now() - began;
    });
    assert.ok(Math.min(...tookMs) < 50, `${tookMs.join(', ')} ms`);
  });

  it('refuses what the record does not allow', () => {
    const refused = (act: () => unknown, message: string) =>
      assert.throws(act, { code: 'release_refused', message });
    refused(() => stepsOf(recordIn('settled'), r41), 'Release 41 is not newer than 41, which is live.');
    refused(
      () => stepsOf(recordIn('shifted'), parseRelease('44')),
      'Release 42 is being shipped: resume or abort it first.',
    );
    refused(
      () => stepsOf(recordIn('baking'), r43),
      'Release 42 is in its bake: wait until it has settled, or roll it back.',
    );
    refused(
      () => stepsOf(recordIn('shifted'), r43),
      'Release 42 is being shipped: wait until it has settled, or abort it.',
    );
  });
});
