import type { Judged } from '../../domain/record-changes.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { converge } from '../converge.ts';
import { waiting, write, type Shipment, type StepResult } from '../shipment.ts';

/** How users are sent somewhere, and what is said about it. */
export interface Exposure {
  readonly change: (record: ReleaseRecord, judged: Judged) => ReleaseRecord;
  /** True when the record says so already: a step that runs again changes nothing. */
  readonly isThere: (record: ReleaseRecord) => boolean;
  readonly what: string;
}

/** Changes where users go and waits until every gateway has it; gives an end only when one has not. */
export async function expose(
  shipment: Shipment,
  record: ReleaseRecord,
  { change, isThere, what }: Exposure,
): Promise<StepResult | undefined> {
  const { policy, world, why } = shipment;
  const judged: Judged = { nowMs: world.clock.now(), judgedForMs: policy.judgedForMs };
  const exposed = isThere(record)
    ? record
    : await write(shipment, record, { change: on => change(on, judged), what, why });
  const behind = await converge(shipment, exposed);
  return behind === undefined ? undefined : waiting(behind);
}
