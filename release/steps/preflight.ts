import { parities } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { converge } from '../converge.ts';
import type { Check } from '../ports.ts';
import { beating, pause, type RunStep, type Shipment } from '../shipment.ts';
import { checksResult } from './checks-result.ts';

/** Looks at everything that a release needs, and changes nothing. */
export const preflight: RunStep<unknown> = async shipment => {
  const { world, release } = shipment;
  const record = await world.store.read();
  const checks = [
    // First, for it keeps a machine busy.
    ...(await beating(shipment, world.checks.neighbours({ live: record.live.release, candidate: release }))),
    ...(await pairChecks(shipment, record)),
    await keeperCheck(shipment, record),
  ];
  return checksResult(checks, { good: 'everything is in order', bad: 'not in order' });
};

const pollEveryMs = 500;

/** A machine that is busy with the checks before may find for a moment that nothing answers in time. */
async function pairChecks(shipment: Shipment, record: ReleaseRecord): Promise<Check[]> {
  const { world, policy } = shipment;
  const began = world.clock.monotonic();
  for (;;) {
    const checks = [
      ...(await beating(shipment, shipment.world.checks.pair())),
      ...(await coverChecks(shipment, record)),
    ];
    const isOver = world.clock.monotonic() - began >= policy.convergeWithinMs;
    if (isOver || checks.every(({ ok }) => ok)) return checks;
    await pause(shipment, pollEveryMs);
  }
}

async function coverChecks({ world }: Shipment, { live }: ReleaseRecord): Promise<Check[]> {
  const checks: Check[] = [];
  for (const parity of parities) {
    const { state } = await world.clusters[parity].workload(live.release);
    const name = `${live.release} on ${parity}`;
    checks.push(state === 'ready' ? { name, ok: true } : { name, ok: false, why: `it is ${state}` });
  }
  return checks;
}

async function keeperCheck(shipment: Shipment, record: ReleaseRecord): Promise<Check> {
  const behind = await converge(shipment, record);
  return behind === undefined ? { name: 'keepers', ok: true } : { name: 'keepers', ok: false, why: behind };
}
