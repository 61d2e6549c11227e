import { isParityError } from '../domain/errors.ts';
import { parities, type Parity } from '../domain/parity.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { ReleaseWorld } from './ports.ts';
import { pause, type Shipment } from './shipment.ts';

const pollEveryMs = 200;

/** Waits until both keepers have rendered `record` or a newer one and read it back; else says who has not. */
export async function converge(shipment: Shipment, record: ReleaseRecord): Promise<string | undefined> {
  const { world, policy } = shipment;
  const wait = () => pause(shipment, pollEveryMs);
  return await untilRendered(world, record, { withinMs: policy.convergeWithinMs, wait });
}

/** The same for whoever has no lock: a person's word needs none. */
export async function untilRendered(
  world: ReleaseWorld,
  record: ReleaseRecord,
  { withinMs, wait }: { readonly withinMs: number; readonly wait?: () => Promise<void> },
): Promise<string | undefined> {
  const began = world.clock.monotonic();
  await Promise.all(parities.map(parity => nudge(world, parity)));
  for (;;) {
    const behind = await whoIsBehind(world, record);
    if (behind.length === 0) return undefined;
    if (world.clock.monotonic() - began >= withinMs) {
      return `${behind.join(' and ')}: the keeper has not taken over version ${record.version} of the record`;
    }
    await (wait?.() ?? world.clock.delay(pollEveryMs));
  }
}

/** Tells a keeper, without waiting for one that is dead. */
export async function nudge({ clusters }: ReleaseWorld, parity: Parity): Promise<void> {
  await clusters[parity].nudge().catch(unlessUnreachable);
}

async function whoIsBehind({ clusters }: ReleaseWorld, { version }: ReleaseRecord): Promise<Parity[]> {
  const behind: Parity[] = [];
  for (const parity of parities) {
    const report = await clusters[parity].keeper().catch(unlessUnreachable);
    if (report === undefined || report.recordVersion < version || !report.readBack) behind.push(parity);
  }
  return behind;
}

function unlessUnreachable(error: unknown): undefined {
  if (!isParityError(error, 'unreachable')) throw error;
}
