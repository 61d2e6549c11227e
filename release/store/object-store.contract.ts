import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { recordIn } from '../../domain/record-in.ts';
import { takeBack } from '../../domain/record-changes.ts';
import type { ObjectStore, Random } from '../ports.ts';
import { objectJournal } from './object-journal.ts';
import { createRecord, objectRecordStore } from './record-store.ts';

/** In how many of so many races between two writers exactly one won and his text is what is there. */
export async function raceWinners(another: () => ObjectStore, races: number): Promise<number> {
  const writers = [another(), another()];
  let fair = 0;
  for (let race = 0; race < races; race += 1) {
    const tag = (await another().read('lock'))?.tag;
    const texts = writers.map((_, writer) => `${race}: ${writer}`);
    const answers = await Promise.all(
      writers.map((objects, at) => objects.write('lock', texts[at] ?? '', tag)),
    );
    const winner = texts[answers.indexOf('written')];
    const one = answers.filter(answer => answer === 'written').length === 1;
    if (one && (await another().read('lock'))?.text === winner) fair += 1;
  }
  return fair;
}

/** How a store under test is opened: `open` gives a maker of stores that all see the same objects. */
export interface StoreUnderTest {
  readonly open: (context: TestContext) => Promise<() => ObjectStore>;
  readonly random: Random;
  readonly races: number;
}

/** What every object store must do, and the record over it. */
export function objectStoreContract(name: string, store: StoreUnderTest): void {
  describe(`object store: ${name}`, () => objectContract(store));
  describe(`record store: ${name}`, () => recordContract(store));
}

const clock = { now: () => 0, monotonic: () => 0, delay: async () => {} };
const why = { who: 'a test', what: 'a change', why: 'a test', about: recordIn('settled').live.release };

function objectContract({ open, races }: StoreUnderTest): void {
  it('holds nothing at first', async context => {
    const objects = (await open(context))();
    assert.equal(await objects.read('record'), undefined);
  });

  it('gives back what was written last, to everybody', async context => {
    const another = await open(context);
    const objects = another();
    assert.equal(await objects.write('lock', 'one', undefined), 'written');
    const first = await objects.read('lock');
    assert.equal(await objects.write('lock', 'two', first?.tag), 'written');
    assert.equal((await another().read('lock'))?.text, 'two');
  });

  it('refuses whoever has not seen the newest', async context => {
    const objects = (await open(context))();
    await objects.write('lock', 'one', undefined);
    const first = await objects.read('lock');
    await objects.write('lock', 'two', first?.tag);
    assert.equal(await objects.write('lock', 'late', first?.tag), 'changed');
    assert.equal(await objects.write('lock', 'too late', undefined), 'changed');
    assert.equal((await objects.read('lock'))?.text, 'two');
  });

  it('keeps objects apart', async context => {
    const objects = (await open(context))();
    await objects.write('lock', 'lock', undefined);
    assert.equal(await objects.read('record'), undefined);
  });

  it(`lets one of two writers win, in each of ${races} races`, async context => {
    assert.equal(await raceWinners(await open(context), races), races);
  });
}

function recordContract({ open, random }: StoreUnderTest): void {
  const storeOver = (objects: ObjectStore) => {
    const journal = objectJournal({ objects, clock });
    return { journal, ...objectRecordStore({ objects, journal, clock, random }) };
  };

  it('lets one of two writers of a record win, and tells the other', async context => {
    const another = await open(context);
    const record = await createRecord({ objects: another(), clock }, recordIn('beta'));
    const attempts = ['anna', 'otto'].map(who =>
      storeOver(another()).write(record, on => ({ ...on }), { ...why, who }),
    );
    const results = await Promise.allSettled(attempts);
    const lost = results.filter(result => result.status === 'rejected');
    assert.equal(lost.length, 1);
    assert.equal((lost[0]?.reason as { code?: string }).code, 'record_conflict');
  });

  it('keeps every write of the record in the journal, or still in the record', async context => {
    const another = await open(context);
    const store = storeOver(another());
    let record = await createRecord({ objects: another(), clock }, recordIn('beta'));
    for (let write = 0; write < 20; write += 1) record = await store.write(record, on => ({ ...on }), why);
    const entries = await store.journal.read(why.about);
    assert.deepEqual(
      entries.map(entry => (entry.kind === 'write' ? entry.version : undefined)),
      Array.from({ length: 20 }, (_, at) => at + 1),
    );
    assert.equal(record.writes[0]?.version, 21);
  });

  it('does not make a second record', async context => {
    const another = await open(context);
    const first = await createRecord({ objects: another(), clock }, recordIn('beta'));
    await storeOver(another()).write(first, takeBack, why);
    const again = await createRecord({ objects: another(), clock }, recordIn('settled'));
    assert.equal(again.version, 2);
    assert.equal(again.candidate, '42');
  });
}
