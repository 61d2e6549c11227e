import { weightsTowards } from '../domain/dns-weights.ts';
import { turn } from '../domain/record-changes.ts';
import { converge } from './converge.ts';
import { followDns } from './follow-dns.ts';
import { done, pause, waiting, write, type Shipment, type StepResult } from './shipment.ts';

/** A flip without a new release: the record says so, every gateway has it, then DNS follows in steps. */
export async function turnRoles(shipment: Shipment, why: string): Promise<StepResult> {
  const { world, policy } = shipment;
  const turned = await write(shipment, await world.store.read(), { change: turn, what: 'turn', why });
  const behind = await converge(shipment, turned);
  if (behind !== undefined) return waiting(behind);
  for (const percent of policy.flip.percents) {
    await world.dns.setWeights(weightsTowards(turned.live.parity, percent));
    await pause(shipment, policy.flip.holdMs);
  }
  await followDns(world);
  return done(`${turned.live.parity} is live with ${turned.live.release}`);
}
