import type { Check } from '../ports.ts';
import { done, failed, type StepResult } from '../shipment.ts';

/** The end of a step that looks at things: a line for each, and which of them are not as they should be. */
export function checksResult(
  checks: readonly Check[],
  says: { readonly good: string; readonly bad: string },
): StepResult {
  const seen = checks.map(check => `${check.name}: ${check.ok ? 'ok' : check.why}`);
  const faults = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  return faults.length === 0 ? done(says.good, seen) : failed(`${says.bad}: ${faults.join(', ')}`, seen);
}
