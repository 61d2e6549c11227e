import { ParityError } from '../domain/errors.ts';
import { begin, turn } from '../domain/record-changes.ts';
import { isBaking } from '../domain/record-laws.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { shiftStepId, type StepName } from '../domain/release-step.ts';
import { parityOfRelease, type Release } from '../domain/release.ts';
import { stepTimes, type StepTimes } from './step-times.ts';
import type { Policy } from './policy.ts';
import type { StepSpec } from './step-spec.ts';

/** One step, how long it takes, and what going back would cost while it runs. */
export type PlannedStep = StepSpec & StepTimes & { readonly needsApproval: boolean };

/** What shipping `release` would do from here on. */
export interface Plan {
  readonly release: Release;
  readonly from: Release;
  readonly policy: string;
  readonly steps: readonly PlannedStep[];
}

/** True while `release` is the one being shipped: as candidate, or live and in its bake. */
export function isShipping(record: ReleaseRecord, release: Release): boolean {
  return record.candidate === release || (isBaking(record) && record.live.release === release);
}

/**
 * The steps that are left to ship `release`, the running one first. Pure, and prints before anything is done.
 * @throws ParityError `release_refused` when the record does not allow it
 */
export function planRelease(record: ReleaseRecord, release: Release, policy: Policy): Plan {
  const shipping = isShipping(record, release);
  const turns = !shipping && parityOfRelease(release) === record.live.parity;
  if (!shipping) begin(turns ? turn(record) : record, release);
  const specs = allSteps(policy).filter(({ name }) => turns || name !== 'turn');
  const steps = specs.slice(shipping ? positionOf(record, specs) : 0).map(spec => ({
    ...spec,
    ...stepTimes(spec, policy),
    needsApproval: policy.approval.includes(spec.id),
  }));
  const from = record.previous ?? record.live.release;
  return { release, from, policy: policy.name, steps };
}

/**
 * A wish to stop at a step that is behind would be no stop at all.
 * @throws ParityError `release_refused` that says where the release is, and what can be done from there
 */
export function refuseIfPast({ release, steps }: Plan, until: StepName | undefined): void {
  const [next] = steps;
  if (until === undefined || next === undefined || steps.some(({ name }) => name === until)) return;
  const ahead = steps.some(({ name }) => name === 'flip') ? 'until flip or settled' : 'until settled';
  throw new ParityError(
    'release_refused',
    `Release ${release} is at ${next.id}, past ${until}: go on ${ahead}, or take everybody back (./parity rollback).`,
  );
}

function allSteps(policy: Policy): StepSpec[] {
  const shifts = policy.shift.map(({ percent, holdMs }): StepSpec => {
    const threshold = Math.round(percent * 10);
    return { name: 'shift', id: shiftStepId(threshold), threshold, holdMs };
  });
  const before = ['preflight', 'turn', 'deploy', 'verify', 'beta'] as const;
  const after = ['cover', 'flip', 'bake', 'settle'] as const;
  const plain = (name: Exclude<StepName, 'shift'>): StepSpec => ({ name, id: name });
  return [...before.map(plain), ...shifts, ...after.map(plain)];
}

/** Where to go on: the running step, or after it was taken back the beginning. */
function positionOf({ step, threshold }: ReleaseRecord, specs: readonly StepSpec[]): number {
  if (step === undefined) return 0;
  const exact = specs.findIndex(({ id }) => id === step);
  if (exact >= 0) return exact;
  // The policy has other stages by now: the first that moves nobody back.
  return specs.findIndex(spec => spec.name === 'shift' && spec.threshold >= threshold);
}
