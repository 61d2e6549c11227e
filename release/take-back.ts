import { isParityError } from '../domain/errors.ts';
import { parities } from '../domain/parity.ts';
import { takeBack } from '../domain/record-changes.ts';
import { isBaking, isExposed } from '../domain/record-laws.ts';
import type { RecordWrite, ReleaseRecord } from '../domain/record.ts';
import type { Release } from '../domain/release.ts';
import { nudge } from './converge.ts';
import { followDns } from './follow-dns.ts';
import type { ReleaseWorld, Word } from './ports.ts';

/** What became of taking users back. */
export interface TakenBack {
  /** False when no user was on unproven ground, nor a release on its way to them if that was asked for. */
  readonly taken: boolean;
  /** True when users had been on it. */
  readonly met: boolean;
  /** Why DNS does not point to where the users are; they are there all the same, and whoever runs next moves it. */
  readonly dnsBehind: string | undefined;
}

/**
 * Takes every user back to the release before, whoever writes at the same time, then lets DNS follow. Needs no lock:
 * a person, an engine and both keepers may do it at once. Only the record's store has to answer: neither a keeper nor
 * DNS that is dead holds it up.
 */
export async function takeBackUsers(world: ReleaseWorld, word: Word): Promise<TakenBack> {
  return await takeBackIf(hasUsers, world, word);
}

/** The same at a person's word, which stops also what nobody has met yet: the engine's next look ends it. */
export async function takeBackRelease(world: ReleaseWorld, word: Word): Promise<TakenBack> {
  return await takeBackIf(record => hasUsers(record) || isOnItsWay(record), world, word);
}

async function takeBackIf(
  isTaken: (record: ReleaseRecord) => boolean,
  world: ReleaseWorld,
  word: Word,
): Promise<TakenBack> {
  const from = await writeTakeBack(isTaken, world, word);
  await Promise.all(parities.map(parity => nudge(world, parity)));
  const dnsBehind = await followDns(world).then(() => undefined, whyBehind);
  return { taken: from !== undefined, met: from !== undefined && hasUsers(from), dnsBehind };
}

function hasUsers(record: ReleaseRecord): boolean {
  return isExposed(record) || isBaking(record);
}

/** True while a release that nobody has met is at a step, whether or not an engine is alive to go on. */
function isOnItsWay({ candidate, step }: ReleaseRecord): boolean {
  return candidate !== undefined && step !== undefined;
}

function whyBehind(error: unknown): string {
  if (!isParityError(error)) throw error;
  return error.message;
}

/** Gives back the record out of which it was taken back. */
async function writeTakeBack(
  isTaken: (record: ReleaseRecord) => boolean,
  { store }: ReleaseWorld,
  { who, why }: Word,
): Promise<ReleaseRecord | undefined> {
  for (;;) {
    const record = await store.read();
    if (!isTaken(record)) return undefined;
    const about = shippedIn(record);
    try {
      await store.write(record, takeBack, { who, why, what: 'take back', about });
      return record;
    } catch (error) {
      if (!isParityError(error, 'record_conflict')) throw error;
    }
  }
}

/** The release whose story the record tells at the moment. */
export function shippedIn(record: ReleaseRecord): Release {
  return record.candidate ?? record.live.release;
}

/** The write that took everybody back from `release`: who, when and why; undefined when it is no longer among the last. */
export function takeBackIn({ writes }: ReleaseRecord, release: Release): RecordWrite | undefined {
  return writes.find(({ what, about }) => what === 'take back' && about === release);
}

/** What to tell somebody who wants to go on with a release that nobody is on any more. */
export function sayTakenBack(record: ReleaseRecord, release: Release): string {
  const back = takeBackIn(record, release);
  return `Release ${release} has been taken back${back === undefined ? '' : ` by ${back.who} (${back.why})`}`;
}
