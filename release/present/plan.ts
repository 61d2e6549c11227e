import type { Plan, PlannedStep } from '../plan.ts';
import { inColumns } from './columns.ts';
import { presentDuration } from './duration.ts';

/** What would happen, a line per step: how long, and what going back would cost while it runs. */
export function presentPlan({ release, from, policy, steps }: Plan): string {
  const header = ['step', 'expected', 'at worst', 'back in', 'if nobody judges', ''];
  const rows = [header, ...steps.map(rowOf)];
  const expectedMs = steps.reduce((sum, step) => sum + step.expectedMs, 0);
  return [
    `Release ${release} after ${from}, by the ${policy} policy: about ${presentDuration(expectedMs)}`,
    '',
    ...inColumns(rows),
  ].join('\n');
}

function rowOf(step: PlannedStep): string[] {
  const { id, expectedMs, worstMs, recoveryMs, worstRecoveryMs, recovery, needsApproval } = step;
  const back = (ms: number | undefined) =>
    ms === undefined ? '–' : ms === 0 ? 'at once' : presentDuration(ms);
  const person = needsApproval ? 'waits for a person; ' : '';
  return [
    id,
    presentDuration(expectedMs),
    presentDuration(worstMs),
    back(recoveryMs),
    back(worstRecoveryMs),
    person + recovery,
  ];
}
