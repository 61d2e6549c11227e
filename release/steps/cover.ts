import type { StepSpec } from '../step-spec.ts';
import type { RunStep } from '../shipment.ts';
import { watch } from '../watch.ts';
import { startOn } from './start-on.ts';

/** The candidate starts on the old cluster too, so that both run both before roles change. */
export const cover: RunStep<StepSpec> = (shipment, { id }) =>
  watch(shipment, id, ({ record, elapsedMs }) =>
    startOn(shipment, record, { parity: record.live.parity, share: 1, waitedMs: elapsedMs }),
  );
