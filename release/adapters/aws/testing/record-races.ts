import { recordIn } from '../../../../domain/record-in.ts';
import { isParityError } from '../../../../domain/errors.ts';
import type { Journal, ObjectStore } from '../../../ports.ts';
import { createRecord, objectRecordStore } from '../../../store/record-store.ts';
import { systemClock, systemRandom } from './system-ports.ts';

/** Told nothing, so that a race is about the record alone. */
const deafJournal: Journal = { read: async () => [], append: async () => {} };

/** In how many of so many races of two engines for the record one won, the other was told, and his word stands. */
export async function recordRaces(objects: ObjectStore, races: number): Promise<number> {
  const ends = { objects, clock: systemClock };
  let record = await createRecord(ends, recordIn('beta'));
  const store = objectRecordStore({ ...ends, journal: deafJournal, random: systemRandom });
  let fair = 0;
  for (let race = 0; race < races; race += 1) {
    const from = record;
    const results = await Promise.allSettled(
      ['anna', 'otto'].map(who =>
        store.write(from, on => ({ ...on }), {
          who,
          what: 'a change',
          why: 'a race',
          about: from.live.release,
        }),
      ),
    );
    const [won, ...others] = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    const told = results.filter(
      result => result.status === 'rejected' && isParityError(result.reason, 'record_conflict'),
    );
    // The next race sets out from here: if this word did not stand, nobody would win that one.
    if (won === undefined) break;
    record = won;
    if (others.length === 0 && told.length === 1) fair += 1;
  }
  if ((await store.read()).version !== record.version) fair -= 1;
  return fair;
}
