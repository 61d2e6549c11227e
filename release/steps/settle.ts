import { settle as settleRelease } from '../../domain/record-changes.ts';
import { converge } from '../converge.ts';
import type { StepSpec } from '../step-spec.ts';
import { done, look, write, type RunStep } from '../shipment.ts';

/** The release before begins to leave both clusters; the sprint is done. */
export const settle: RunStep<StepSpec> = async (shipment, { id }) => {
  const { clock } = shipment.world;
  const record = await look(shipment, id);
  const change = (on: typeof record) => settleRelease(on, { nowMs: clock.now() });
  const settled = await write(shipment, record, { change, what: 'settle', why: shipment.why });
  const behind = await converge(shipment, settled);
  return done(behind ?? `${record.previous ?? ''} retires`);
};
