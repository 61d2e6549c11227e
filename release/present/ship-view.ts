import type { StepId, StepName } from '../../domain/release-step.ts';
import type { Judgement } from '../gates/verdict.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import type { Progress } from '../shipment.ts';
import type { StepOutcome } from '../store/journal-entry.ts';

/** What an operator knows of a release under way; times are of one monotonic clock. */
export interface ShipView {
  readonly plan: Plan;
  /** The steps that this run will do. */
  readonly steps: readonly PlannedStep[];
  readonly beganMs: number;
  /** The running step, or the last one that ran. */
  readonly step: StepId | undefined;
  readonly stepBeganMs: number;
  readonly ended: Readonly<Partial<Record<StepId, StepOutcome>>>;
  /** 0–1000, as it was at the last look. */
  readonly threshold: number;
  readonly judgement: Judgement | undefined;
}

/** Before the first step. `until` is the last step that is wanted; everything if undefined. */
export function beginView(plan: Plan, until: StepName | undefined, nowMs: number): ShipView {
  const last = plan.steps.findLastIndex(({ name }) => name === until);
  return {
    plan,
    steps: last < 0 ? plan.steps : plan.steps.slice(0, last + 1),
    ...{ beganMs: nowMs, step: undefined, stepBeganMs: nowMs },
    ...{ ended: {}, threshold: 0, judgement: undefined },
  };
}

/** The view after something happened. */
export function nextView(view: ShipView, progress: Progress, nowMs: number): ShipView {
  const { step } = progress;
  switch (progress.kind) {
    case 'step':
      return { ...view, step, stepBeganMs: nowMs };
    case 'look':
      return { ...view, step, threshold: progress.threshold, judgement: progress.judgement };
    case 'end':
      return { ...view, step, ended: { ...view.ended, [step]: progress.outcome } };
  }
}

/** How long it will still take if all goes as usual, in milliseconds. */
export function leftMs({ steps, step, stepBeganMs, ended }: ShipView, nowMs: number): number {
  const at = steps.findIndex(({ id }) => id === step);
  const running = steps[at];
  const runs = running !== undefined && ended[running.id] === undefined;
  const rest = runs ? Math.max(0, running.expectedMs - (nowMs - stepBeganMs)) : 0;
  return steps.slice(at + 1).reduce((sum, { expectedMs }) => sum + expectedMs, rest);
}
