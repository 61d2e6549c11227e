import type { StepSpec } from '../step-spec.ts';
import type { RunStep } from '../shipment.ts';
import { holdEnd, watch } from '../watch.ts';

/** The new release is live and still judged; taking it back is one change of the record. */
export const bake: RunStep<StepSpec> = (shipment, { id }) =>
  watch(shipment, id, seen =>
    holdEnd(shipment, { step: id, forMs: shipment.policy.bake.holdMs, needsProof: true }, seen),
  );
