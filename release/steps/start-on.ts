import type { Parity } from '../../domain/parity.ts';
import { started } from '../../domain/record-changes.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { done, failed, write, type Shipment, type StepResult } from '../shipment.ts';

/** Where a release is started, for which share (0–1) of all users. */
export interface Start {
  readonly parity: Parity;
  readonly share: number;
  /** For how long it has been waited for. */
  readonly waitedMs: number;
}

/** Asks once whether the release is ready there by now; undefined while it starts. */
export async function startOn(
  shipment: Shipment,
  record: ReleaseRecord,
  { parity, share, waitedMs }: Start,
): Promise<StepResult | undefined> {
  const { world, release, policy } = shipment;
  const not = (why: string) => failed(`${release} on ${parity}: ${why}`);
  const cluster = world.clusters[parity];
  await cluster.run(release, share);
  const workload = await cluster.workload(release);
  if (workload.state === 'failed') return not(workload.why);
  if (workload.state === 'ready') {
    const what = `${release} runs on ${parity}`;
    if (!record.runs[parity].includes(release))
      await write(shipment, record, {
        change: on => started(on, { release, parity }),
        what,
        why: 'it is ready there',
      });
    return done(what);
  }
  if (waitedMs < policy.startWithinMs) return undefined;
  return not(`it was not ready within ${policy.startWithinMs / 1000} s`);
}
