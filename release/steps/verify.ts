import { routeCohorts } from '../../domain/record-changes.ts';
import type { StepSpec } from '../step-spec.ts';
import { done, look, type RunStep } from '../shipment.ts';
import { expose } from './expose.ts';
import { presentCheck } from './preflight.ts';

const machines = 'smoke';

/** Smoke and contract tests against the candidate, through the gateway, before a person meets it. */
export const verify: RunStep<StepSpec> = async (shipment, { id }) => {
  const behind = await expose(shipment, await look(shipment, id), {
    what: `cohort ${machines} to the candidate`,
    isThere: ({ cohorts }) => cohorts.includes(machines),
    change: (record, judged) => routeCohorts(record, { cohorts: [machines], ...judged }),
  });
  if (behind !== undefined) return behind;
  const checks = await shipment.world.checks.smoke(shipment.release);
  const seen = checks.map(presentCheck);
  const faults = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (faults.length > 0) return { outcome: 'failed', why: `failed: ${faults.join(', ')}`, seen };
  return done('all smoke and contract tests pass', seen);
};
