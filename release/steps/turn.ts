import { parityOfRelease } from '../../domain/release.ts';
import { done, type RunStep } from '../shipment.ts';
import { turnRoles } from '../turn-roles.ts';

/** The cover takes over: roles change without a new release, so that the sprint's cluster is idle. */
export const turn: RunStep<unknown> = async shipment => {
  const { live } = await shipment.world.store.read();
  if (parityOfRelease(shipment.release) !== live.parity) return done('the sprint’s cluster is idle already');
  return await turnRoles(shipment, `${shipment.release} ships to ${live.parity}`);
};
