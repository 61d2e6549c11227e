import { routeCohorts } from '../../domain/record-changes.ts';
import type { StepSpec } from '../step-spec.ts';
import { look, type RunStep } from '../shipment.ts';
import { holdEnd, watch } from '../watch.ts';
import { expose } from './expose.ts';

/** Beta testers meet the candidate. So few cannot prove it, but they can stop it. */
export const beta: RunStep<StepSpec> = async (shipment, { id }) => {
  const { cohorts, minimumMs } = shipment.policy.beta;
  const behind = await expose(shipment, await look(shipment, id), {
    what: `cohorts ${cohorts.join(', ')} to the candidate`,
    isThere: record => cohorts.every(cohort => record.cohorts.includes(cohort)),
    change: (record, judged) => routeCohorts(record, { cohorts, ...judged }),
  });
  if (behind !== undefined) return behind;
  return await watch(shipment, id, seen =>
    holdEnd(shipment, { step: id, forMs: minimumMs, needsProof: false }, seen),
  );
};
