import { peerOf } from '../../domain/parity.ts';
import { shift as shiftUsers } from '../../domain/record-changes.ts';
import type { StepSpec } from '../step-spec.ts';
import { look, type RunStep } from '../shipment.ts';
import { holdEnd, watch } from '../watch.ts';
import { expose } from './expose.ts';
import { startOn } from './start-on.ts';

/** Room first, then users: the candidate is ready for its share before anybody is sent there. */
export const shift: RunStep<Extract<StepSpec, { name: 'shift' }>> = async (
  shipment,
  { id, threshold, holdMs },
) => {
  const room = await watch(shipment, id, ({ record, elapsedMs }) =>
    startOn(shipment, record, {
      parity: peerOf(record.live.parity),
      share: threshold / 1000,
      waitedMs: elapsedMs,
    }),
  );
  if (room.outcome !== 'done') return room;
  const behind = await expose(shipment, await look(shipment, id), {
    what: id,
    isThere: record => record.threshold >= threshold,
    change: (record, judged) => shiftUsers(record, { threshold, ...judged }),
  });
  if (behind !== undefined) return behind;
  return await watch(shipment, id, seen =>
    holdEnd(shipment, { step: id, forMs: holdMs, needsProof: true }, seen),
  );
};
