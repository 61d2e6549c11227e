import { weightsTowards } from '../../domain/dns-weights.ts';
import { turn as turnRoles } from '../../domain/record-changes.ts';
import { parityOfRelease } from '../../domain/release.ts';
import { converge } from '../converge.ts';
import { followDns } from '../follow-dns.ts';
import { done, pause, write, type RunStep } from '../shipment.ts';

/** The cover takes over: roles change without a new release, so that the sprint's cluster is idle. */
export const turn: RunStep<unknown> = async shipment => {
  const { world, release, policy } = shipment;
  const record = await world.store.read();
  if (parityOfRelease(release) !== record.live.parity) return done('the sprint’s cluster is idle already');
  const why = `${release} ships to ${record.live.parity}`;
  const turned = await write(shipment, record, turnRoles, { what: 'turn', why });
  const behind = await converge(shipment, turned);
  if (behind !== undefined) return { outcome: 'waiting', why: behind, seen: [] };
  for (const percent of policy.flip.percents) {
    await world.dns.setWeights(weightsTowards(turned.live.parity, percent));
    await pause(shipment, policy.flip.holdMs);
  }
  await followDns(world);
  return done(`${turned.live.parity} is live with ${turned.live.release}`);
};
