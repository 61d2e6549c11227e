import { peerOf } from '../../domain/parity.ts';
import type { StepSpec } from '../step-spec.ts';
import { look, pause, type RunStep } from '../shipment.ts';
import { startOn } from './start-on.ts';

const pollEveryMs = 500;

/** Starts the candidate beside the cover on the idle cluster; no user sees it. */
export const deploy: RunStep<StepSpec> = async (shipment, { id }) => {
  const { clock } = shipment.world;
  const share = (shipment.policy.shift[0]?.percent ?? 100) / 100;
  const began = clock.monotonic();
  for (;;) {
    const record = await look(shipment, id);
    const parity = peerOf(record.live.parity);
    const end = await startOn(shipment, record, { parity, share, waitedMs: clock.monotonic() - began });
    if (end !== undefined) return end;
    await pause(shipment, pollEveryMs);
  }
};
