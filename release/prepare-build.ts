import { beating, type Shipment } from './shipment.ts';

/**
 * Brings what is shipped, by the one who has the lock: another operator must not decide what a name means
 * (docs/decisions/0031). Gives back what it is, in words.
 * @throws ParityError `lease_lost`, `release_stopped`, and what bringing it throws
 */
export async function prepareBuild(shipment: Shipment): Promise<string | undefined> {
  return shipment.prepare && (await beating(shipment, shipment.prepare()));
}
