import { routeCohorts } from '../../domain/record-changes.ts';
import { smokeCohort, type Check } from '../ports.ts';
import type { StepSpec } from '../step-spec.ts';
import { look, type RunStep, type Shipment } from '../shipment.ts';
import { watch } from '../watch.ts';
import { checksResult } from './checks-result.ts';
import { expose } from './expose.ts';

/** Smoke and contract tests against the candidate, through the gateway, before a person meets it. */
export const verify: RunStep<StepSpec> = async (shipment, { id }) => {
  const behind = await expose(shipment, await look(shipment, id), {
    what: `cohort ${smokeCohort} to the candidate`,
    isThere: ({ cohorts }) => cohorts.includes(smokeCohort),
    change: (record, judged) => routeCohorts(record, { cohorts: [smokeCohort], ...judged }),
  });
  if (behind !== undefined) return behind;
  let answer: Answer | undefined;
  void smoke(shipment).then(given => (answer = given));
  // Watched all the while: tests may take longer than nobody may judge.
  return await watch(shipment, id, () => {
    if (answer === undefined) return undefined;
    if ('failure' in answer) throw answer.failure;
    return checksResult(answer.checks, { good: 'all smoke and contract tests pass', bad: 'failed' });
  });
};

type Answer = { readonly checks: readonly Check[] } | { readonly failure: unknown };

async function smoke({ world, release }: Shipment): Promise<Answer> {
  try {
    return { checks: await world.checks.smoke(release) };
  } catch (failure) {
    return { failure };
  }
}
