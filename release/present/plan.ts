import { peerOf } from '../../domain/parity.ts';
import { parityOfRelease } from '../../domain/release.ts';
import type { StepName } from '../../domain/release-step.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { inColumns } from './columns.ts';
import { presentDuration } from './duration.ts';
import { presentThreshold } from './progress.ts';

/** What would happen: a line per step, under what going back would cost while it runs. */
export function presentPlan(plan: Plan): string {
  const { release, from, policy, steps } = plan;
  const sum = (of: (step: PlannedStep) => number) =>
    presentDuration(steps.reduce((whole, step) => whole + of(step), 0));
  const usually = sum(({ expectedMs }) => expectedMs);
  const worst = sum(({ worstMs }) => worstMs);
  const [header = '', ...lines] = inColumns([
    ['', 'usually', 'at worst', ''],
    ...steps.map(step => rowOf(plan, step)),
  ]);
  return [
    `Release ${release} after ${from}, to ${parityOfRelease(release)}, by the ${policy} policy: about ${usually}, ${worst} at worst`,
    '',
    header,
    ...steps.flatMap((step, at) => {
      const way = wayBack(step);
      const before = steps[at - 1];
      return before !== undefined && wayBack(before) === way ? [lines[at] ?? ''] : [way, lines[at] ?? ''];
    }),
  ].join('\n');
}

function rowOf(plan: Plan, step: PlannedStep): string[] {
  const { id, expectedMs, worstMs, needsApproval } = step;
  const does = step.name === 'shift' ? shiftDoes(step.threshold) : doing[step.name](plan);
  const waits = needsApproval ? '; waits for a person' : '';
  return [`  ${id}`, presentDuration(expectedMs), presentDuration(worstMs), does + waits];
}

function shiftDoes(threshold: number): string {
  return threshold === 1000 ? 'everybody' : `${presentThreshold(threshold)} of the users`;
}

/** What each step does, in a few words. */
const doing: Readonly<Record<Exclude<StepName, 'shift'>, (plan: Plan) => string>> = {
  preflight: () => 'everything is looked at before anything is done',
  turn: ({ release, from }) =>
    `${peerOf(parityOfRelease(release))} takes over with ${from}, for ${release} to go to ${parityOfRelease(release)}`,
  deploy: ({ release, from }) => `${release} starts on ${parityOfRelease(release)}, beside ${from}`,
  verify: () => 'smoke and contract tests, as a cohort of their own',
  beta: () => 'beta testers',
  cover: ({ release }) => `${release} starts on ${peerOf(parityOfRelease(release))} too`,
  flip: ({ release }) => `${parityOfRelease(release)} becomes live, DNS follows in steps`,
  bake: () => 'still judged, against the release before',
  settle: ({ from }) => `${from} leaves both clusters`,
};

function wayBack({ recoveryMs, worstRecoveryMs, recovery }: PlannedStep): string {
  if (recoveryMs === undefined || worstRecoveryMs === undefined) return `No way back: ${recovery}`;
  if (worstRecoveryMs === 0) return capitalized(recovery);
  const [soon, late] = [presentDuration(recoveryMs), presentDuration(worstRecoveryMs)];
  return `Back in ${soon}, or in ${late} if nobody judges: ${recovery}`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
