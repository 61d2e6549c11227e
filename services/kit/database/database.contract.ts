import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { racers, sample, type Bench, type Sample } from './database-bench.ts';
import { describeLeases } from './leases.contract.ts';
import type { Rows } from './rows.ts';

const rounds = Array.from({ length: 20 }, (_, index) => index);

/** What every database of Parity must do; run for the one in memory and for each engine. */
export function describeDatabase(name: string, open: () => Promise<Bench>): void {
  describe(name, () => {
    let bench: Bench;
    before(async () => {
      bench = await open();
    });
    after(() => bench.close());
    const rows = (): Rows<Sample> => bench.database.rows<Sample>(`samples-${randomUUID()}`);
    describeInsert(rows, nth => bench.loseAnswerOf(nth));
    describeChange(rows, nth => bench.loseAnswerOf(nth));
    describeFind(rows);
    describeLongFind(() => bench);
    describeRemove(rows, nth => bench.loseAnswerOf(nth));
    describeLeases(() => bench);
    describeUpkeep(() => bench);
  });
}

function describeInsert(open: () => Rows<Sample>, loseAnswerOf: (nth: number) => void): void {
  describe('insert and read', () => {
    it('tells exactly one of many that it inserted', async () => {
      const rows = open();
      for (const round of rounds) {
        const answers = await Promise.all(racers.map(() => rows.insert(sample({ _id: `key ${round}` }))));
        assert.equal(answers.filter(answer => answer === 'inserted').length, 1);
      }
      assert.equal(await rows.count({}), rounds.length);
    });
    it('gives back what was inserted, bytes as a Buffer, without what was undefined', async () => {
      const rows = open();
      const at = new Date('2026-02-03T04:05:06.789Z');
      const row = sample({ size: 2 ** 40, at, bytes: Buffer.from([0, 255, 7]), events: [{ at }] });
      await rows.insert({ ...row, note: undefined });
      const read = await rows.read(row._id);
      assert.deepEqual(read, row);
      assert.ok(Buffer.isBuffer(read?.bytes));
    });
    it('finds nothing under a free key', async () => {
      assert.equal(await open().read('nobody'), undefined);
    });
    it('knows its own row when the answer was lost', async () => {
      const rows = open();
      loseAnswerOf(1);
      assert.equal(await rows.insert(sample()), 'inserted');
      assert.equal(await rows.count({}), 1);
    });
    it("knows another's row when the answer was lost", async () => {
      const rows = open();
      const first = sample({ note: 'first' });
      await rows.insert(first);
      loseAnswerOf(1);
      assert.equal(await rows.insert({ ...first, note: 'second' }), 'exists');
      assert.equal((await rows.read(first._id))?.note, 'first');
    });
  });
}

function describeChange(open: () => Rows<Sample>, loseAnswerOf: (nth: number) => void): void {
  describe('change', () => {
    it('lets exactly one of many win each revision', async () => {
      const rows = open();
      let seen = sample();
      await rows.insert(seen);
      for (const round of rounds) {
        const answers = await Promise.all(racers.map(size => rows.change(seen, { size })));
        const winners = answers.filter(answer => answer !== undefined);
        assert.deepEqual(winners, [await rows.read(seen._id)]);
        assert.equal(winners[0]?.revision, round + 2);
        seen = winners[0];
      }
    });
    it('sets fields, removes undefined ones and leaves the others', async () => {
      const rows = open();
      const row = sample({ size: 1, note: 'gone soon' });
      await rows.insert(row);
      const changed = await rows.change(row, { state: 'old', note: undefined });
      assert.deepEqual(changed, { _id: row._id, revision: 2, state: 'old', size: 1 });
      assert.deepEqual(await rows.read(row._id), changed);
    });
    it('refuses a revision that has passed and a row that is not there', async () => {
      const rows = open();
      const row = sample();
      assert.equal(await rows.change(row, { size: 1 }), undefined);
      await rows.insert(row);
      await rows.change(row, { size: 1 });
      assert.equal(await rows.change(row, { size: 2 }), undefined);
      assert.equal((await rows.read(row._id))?.size, 1);
    });
    it('knows its own change when the answer was lost', async () => {
      const rows = open();
      const row = sample();
      await rows.insert(row);
      loseAnswerOf(1);
      assert.deepEqual(await rows.change(row, { size: 7 }), { ...row, size: 7, revision: 2 });
    });
    it('knows that someone else was first when the answer was lost', async () => {
      const rows = open();
      const row = sample();
      await rows.insert(row);
      await rows.change(row, { size: 1 });
      loseAnswerOf(1);
      assert.equal(await rows.change(row, { size: 2 }), undefined);
    });
  });
}

function describeFind(open: () => Rows<Sample>): void {
  describe('find and count', () => {
    it('takes all conditions together, in the order asked for', async () => {
      const rows = open();
      const day = (date: number) => new Date(Date.UTC(2026, 1, date));
      await rows.insert(sample({ _id: 'a', state: 'old', size: 3, at: day(1) }));
      await rows.insert(sample({ _id: 'b', state: 'old', size: 2, at: day(2) }));
      await rows.insert(sample({ _id: 'c', state: 'old', size: 2, at: day(3), note: 'n' }));
      await rows.insert(sample({ _id: 'd' }));
      const ids = async (...query: Parameters<typeof rows.find>) =>
        (await rows.find(...query)).map(row => row._id);
      assert.deepEqual(await ids({ where: {}, sort: { size: 1, _id: -1 }, limit: 9 }), ['d', 'c', 'b', 'a']);
      assert.deepEqual(await ids({ where: { state: 'old' }, sort: { _id: 1 }, limit: 2 }), ['a', 'b']);
      assert.deepEqual(await ids({ where: { at: { $lt: day(2) } }, limit: 9 }), ['a']);
      assert.deepEqual(await ids({ where: { size: { $gte: 2 }, at: { $gte: day(3) } }, limit: 9 }), ['c']);
      assert.deepEqual(await ids({ where: { _id: { $in: ['d', 'a', 'x'] } }, sort: { _id: 1 }, limit: 9 }), [
        'a',
        'd',
      ]);
      assert.deepEqual(await ids({ where: { note: { $exists: true } }, limit: 9 }), ['c']);
      assert.equal(await rows.count({ note: { $exists: false }, state: 'old' }), 2);
    });
    it('refuses a forgotten condition and a limit of nothing', async () => {
      const rows = open();
      const forgotten = { name: 'TypeError', message: 'The condition on note is undefined.' };
      await assert.rejects(rows.find({ where: { note: undefined }, limit: 1 }), forgotten);
      await assert.rejects(rows.count({ note: undefined }), forgotten);
      const nothing = { name: 'TypeError', message: '0 is not at least 1.' };
      await assert.rejects(rows.find({ where: {}, limit: 0 }), nothing);
    });
  });
}

function describeLongFind(bench: () => Bench): void {
  it('finds ten thousand rows, and no more than the limit', async () => {
    const collection = `samples-${randomUUID()}`;
    const many = Array.from({ length: 10_000 }, (_, size) => sample({ size }));
    await bench().fill(collection, many);
    const rows = bench().database.rows<Sample>(collection);
    assert.deepEqual(await rows.find({ where: {}, sort: { size: 1 }, limit: 20_000 }), many);
    const some = await rows.find({ where: { size: { $gte: 100 } }, sort: { size: 1 }, limit: 5_000 });
    assert.deepEqual(some, many.slice(100, 5_100));
  });
}

function describeRemove(open: () => Rows<Sample>, loseAnswerOf: (nth: number) => void): void {
  describe('remove', () => {
    it('removes the row that was seen and no newer one', async () => {
      const rows = open();
      const row = sample();
      await rows.insert(row);
      const newer = await rows.change(row, { size: 1 });
      assert.equal(await rows.remove(row), false);
      assert.ok(newer && (await rows.remove(newer)));
      assert.equal(await rows.read(row._id), undefined);
      assert.equal(await rows.remove(newer), false);
    });
    it('tells exactly one of many that it removed', async () => {
      const rows = open();
      const row = sample();
      await rows.insert(row);
      const answers = await Promise.all(racers.map(() => rows.remove(row)));
      assert.equal(answers.filter(removed => removed).length, 1);
    });
    it('knows that it removed when the answer was lost', async () => {
      const rows = open();
      const row = sample();
      await rows.insert(row);
      loseAnswerOf(1);
      assert.equal(await rows.remove(row), true);
    });
  });
}

function describeUpkeep(bench: () => Bench): void {
  describe('indexes and health', () => {
    it('makes indexes once, however many make them at once', async () => {
      const collection = `samples-${randomUUID()}`;
      const { database } = bench();
      const make = () => database.ensureIndexes<Sample>(collection, [{ state: 1, at: -1 }, { size: 1 }]);
      await Promise.all(racers.map(make));
      await make();
      await database.rows<Sample>(collection).insert(sample({ size: 5 }));
      assert.equal(await database.rows<Sample>(collection).count({ size: 5 }), 1);
    });
    it('is healthy', async () => {
      assert.equal(await bench().database.health(), true);
    });
  });
}
