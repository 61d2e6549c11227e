import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { takeBack } from '../../domain/record-changes.ts';
import { recordIn } from '../../domain/record-in.ts';
import { parseRecord } from '../../domain/record.ts';
import { parseRelease } from '../../domain/release.ts';
import { memoryObjects, type StoreFault } from '../testing/memory-objects.ts';
import { objectStoreContract } from './object-store.contract.ts';
import { objectJournal } from './object-journal.ts';
import { createRecord, objectRecordStore } from './record-store.ts';

const random = { bytes: randomBytes };
const clock = { now: () => 0, monotonic: () => 0, delay: async () => {} };
const why = { who: 'anna', what: 'take back', why: 'it is worse', about: parseRelease('42') };

objectStoreContract('in memory', {
  open: async () => {
    const objects = memoryObjects();
    return () => objects;
  },
  random,
  races: 1_000,
});

/** A record in beta, in a store whose next calls meet these faults and whose later ones none. */
async function storeMeeting(faults: StoreFault[]) {
  const coming: StoreFault[] = [];
  const objects = memoryObjects(() => coming.shift() ?? 'none');
  const journal = objectJournal({ objects, clock });
  const store = objectRecordStore({ objects, journal, clock, random });
  const record = await createRecord({ objects, clock }, recordIn('beta'));
  coming.push(...faults);
  return { store, journal, record, peek: () => parseRecord(JSON.parse(objects.peek('record') ?? '')) };
}

const fault = fc.constantFrom<StoreFault>('none', 'away', 'request-lost', 'answer-lost', 'doubled');

describe('objectRecordStore', () => {
  it('writes once, whatever up to five faults do to its calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 12 }), async faults => {
        const five = faults.map((one, at) => (at < 5 || one === 'doubled' ? one : 'none'));
        const { store, record, peek } = await storeMeeting(five);
        const written = await store.write(record, takeBack, why);
        assert.equal(written.version, 2);
        assert.deepEqual(
          peek().writes.map(({ what }) => what),
          ['take back', 'begin'],
        );
      }),
    );
  });

  it('writes nothing that it could not read again', async () => {
    const { store, record, peek } = await storeMeeting([]);
    const unlawful = [store.write(record, takeBack, { ...why, why: '' })];
    unlawful.push(store.write(record, on => ({ ...on, threshold: 1001 }), why));
    for (const write of unlawful) {
      await assert.rejects(write, { code: 'invalid_record', message: /^The record is not valid:\n/ });
      assert.deepEqual(peek(), record);
    }
  });

  it('says where a record lies that it did not write, and what to do', async () => {
    const objects = memoryObjects();
    const journal = objectJournal({ objects, clock });
    await objects.write('record', '{"schema":2}', undefined);
    await assert.rejects(objectRecordStore({ objects, journal, clock, random }).read(), {
      code: 'invalid_record',
      message:
        /^The record is not valid:\n[^]*\nSomething other than Parity wrote .*: put a version from before back/,
    });
  });

  it('says so when the store stays away', async () => {
    const { store, record } = await storeMeeting(Array<StoreFault>(10).fill('away'));
    await assert.rejects(store.write(record, takeBack, why), {
      code: 'record_unavailable',
      message: 'The record cannot be reached.',
    });
  });

  it('tells who was faster', async () => {
    const { store, record } = await storeMeeting([]);
    await store.write(record, takeBack, why);
    await assert.rejects(store.write(record, takeBack, { ...why, who: 'otto' }), {
      code: 'record_conflict',
      message: 'The record moved from version 1 to 2: anna, take back, at 1970-01-01T00:00:00.000Z.',
    });
  });

  it('writes nothing that a change refuses', async () => {
    const { store, record } = await storeMeeting([]);
    const taken = await store.write(record, takeBack, why);
    const settled = await store.write(
      taken,
      on => ({ ...on, candidate: undefined, runs: recordIn('settled').runs }),
      why,
    );
    await assert.rejects(store.write(settled, takeBack, why), {
      code: 'release_refused',
      message: /nothing to take back/,
    });
    assert.equal((await store.read()).version, 3);
  });

  it('says which object is broken', async () => {
    const objects = memoryObjects();
    const journal = objectJournal({ objects, clock });
    const store = objectRecordStore({ objects, journal, clock, random });
    await objects.write('record', '{ "schema"', undefined);
    await objects.write(`journal-${why.about}`, '{}', undefined);
    await assert.rejects(store.read(), {
      code: 'invalid_record',
      message:
        'The record is not JSON. Something other than Parity wrote memory, record: put a version from before back in its place.',
    });
    await assert.rejects(journal.read(parseRelease('42')), {
      code: 'invalid_record',
      message: /^The journal-42 is not valid:/,
    });
  });

  it('says that there is no pair yet', async () => {
    const objects = memoryObjects();
    const store = objectRecordStore({ objects, journal: objectJournal({ objects, clock }), clock, random });
    await assert.rejects(store.read(), {
      code: 'not_found',
      message: 'There is no record: no pair has been started here.',
    });
  });
});
