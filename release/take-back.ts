import { isParityError } from '../domain/errors.ts';
import { parities } from '../domain/parity.ts';
import { takeBack } from '../domain/record-changes.ts';
import { isBaking, isExposed } from '../domain/record-laws.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { nudge } from './converge.ts';
import { followDns } from './follow-dns.ts';
import type { ReleaseWorld } from './ports.ts';

/**
 * Takes every user back to the release before, whoever writes at the same time, then lets DNS follow. Needs no lock:
 * a person, an engine and both keepers may do it at once. False when no user was on unproven ground.
 */
export async function takeBackUsers(
  world: ReleaseWorld,
  said: { readonly who: string; readonly why: string },
): Promise<boolean> {
  const taken = await writeTakeBack(world, said);
  await Promise.all(parities.map(parity => nudge(world, parity)));
  await followDns(world);
  return taken;
}

async function writeTakeBack(
  { store }: ReleaseWorld,
  { who, why }: { who: string; why: string },
): Promise<boolean> {
  for (;;) {
    const record = await store.read();
    if (!isExposed(record) && !isBaking(record)) return false;
    const about = shippedIn(record);
    try {
      await store.write(record, takeBack, { who, why, what: 'take back', about });
      return true;
    } catch (error) {
      if (!isParityError(error, 'record_conflict')) throw error;
    }
  }
}

/** The release whose story the record tells at the moment. */
export function shippedIn(record: ReleaseRecord) {
  return record.candidate ?? record.live.release;
}
