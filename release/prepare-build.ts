import { pause, type Shipment } from './shipment.ts';

const lookEveryMs = 1_000;

/**
 * Brings what is shipped, by the one who has the lock: another operator must not decide what a name means
 * (docs/decisions/0031). It may take minutes, in which the lock is kept. Gives back what it is, in words.
 * @throws ParityError `lease_lost`, `release_stopped`, and what bringing it throws
 */
export async function prepareBuild(shipment: Shipment): Promise<string | undefined> {
  if (shipment.prepare === undefined) return undefined;
  const preparing = shipment.prepare().then(build => ({ build }));
  for (;;) {
    const prepared = await Promise.race([preparing, pause(shipment, lookEveryMs)]);
    if (prepared !== undefined) return prepared.build;
  }
}
