import { ParityError } from '../../domain/errors.ts';
import { nextRecord } from '../../domain/next-record.ts';
import { lawfulRecord, parseRecord, type ReleaseRecord } from '../../domain/record.ts';
import type { Clock, Journal, ObjectStore, Random, RecordStore, StoredObject } from '../ports.ts';
import { compareAndSet } from './compare-and-set.ts';
import { newNonce } from './nonce.ts';
import { parseObject } from './parse-object.ts';

/**
 * The record over an object store. Before the record is written, its older writes are copied to the journal; a lost
 * answer is settled by looking for the nonce (design.md §6).
 */
export function objectRecordStore(parts: {
  readonly objects: ObjectStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
}): RecordStore {
  const { objects, journal, clock, random } = parts;
  const look = async () => stored(await objects.read('record'));
  return {
    read: async () => (await look()).record,
    write: async (from, change, reason) => {
      const nonce = newNonce(random);
      const next = nextRecord(from, change, { ...reason, nonce, at: new Date(clock.now()).toISOString() });
      const text = recordText(next);
      return await compareAndSet(clock, async () => {
        const { record, tag } = await look();
        if (record.writes.some(write => write.nonce === nonce)) return record;
        if (record.version !== from.version) throw conflict(from, record);
        await copyWrites(journal, record);
        const answer = await objects.write('record', text, tag);
        return answer === 'written' ? next : undefined;
      });
    },
  };
}

/** Makes the record of a new pair, or leaves the one that is there. */
export async function createRecord(
  { objects, clock }: { objects: ObjectStore; clock: Clock },
  first: ReleaseRecord,
): Promise<ReleaseRecord> {
  return await compareAndSet(clock, async () => {
    const object = await objects.read('record');
    if (object !== undefined) return stored(object).record;
    await objects.write('record', recordText(first), undefined);
    return undefined;
  });
}

/** What nobody could read again is not written: without a record everything stands still. @throws ParityError `invalid_record` */
function recordText(record: ReleaseRecord): string {
  parseRecord(record);
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function stored(object: StoredObject | undefined): { record: ReleaseRecord; tag: string } {
  if (object === undefined)
    throw new ParityError('not_found', 'There is no record: no pair has been started here.');
  return { record: parseObject('record', object, lawfulRecord), tag: object.tag };
}

async function copyWrites(journal: Journal, { writes }: ReleaseRecord): Promise<void> {
  const byRelease = Map.groupBy(writes.toReversed(), ({ about }) => about);
  for (const [release, about] of byRelease) {
    await journal.append(
      release,
      about.map(write => ({ kind: 'write', ...write })),
    );
  }
}

function conflict(from: ReleaseRecord, newest: ReleaseRecord): ParityError {
  const { who, what, at } = newest.writes[0] ?? {
    who: 'somebody',
    what: 'changed it',
    at: 'an unknown time',
  };
  const message = `The record moved from version ${from.version} to ${newest.version}: ${who}, ${what}, at ${at}.`;
  return new ParityError('record_conflict', message);
}
