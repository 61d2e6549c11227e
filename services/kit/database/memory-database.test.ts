import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../../domain/errors.ts';
import { sample, type Sample } from './database-bench.ts';
import { describeDatabase } from './database.contract.ts';
import { memoryDatabase, type MemoryDatabase } from './memory-database.ts';

const unavailable = (message: RegExp) => ({ code: 'database_unavailable', retryAfterS: 5, message });

describeDatabase('a database in memory', async () => {
  const database = memoryDatabase({ deadlineMs: 5000 });
  return {
    database,
    loseAnswerOf: nth => {
      database.server.faults.loseAnswerOf = nth;
    },
    fill: async (collection, rows) => {
      for (const row of rows) await database.rows<Sample>(collection).insert(row);
    },
    passTime: async ms => {
      database.server.now += ms;
    },
    close: () => database.close(),
  };
});

describe('memoryDatabase', () => {
  it('answers nothing while it is down and everything when it is back', async () => {
    const database = memoryDatabase({ deadlineMs: 30 });
    const rows = database.rows<Sample>('samples');
    database.server.faults.down = true;
    await assert.rejects(rows.insert(sample()), unavailable(/insert into samples/));
    assert.equal(await database.health(), false);
    database.server.faults.down = false;
    assert.equal(await rows.count({}), 0);
    assert.equal(await database.health(), true);
  });

  it('gives up on a server that is slower than the deadline', async () => {
    const database = memoryDatabase({ deadlineMs: 20 });
    database.server.faults.slowMs = 300;
    await assert.rejects(database.rows('samples').read('a'), unavailable(/read samples/));
    await database.close();
  });

  it('ends what is under way when it is closed', async () => {
    const database = memoryDatabase({ deadlineMs: 60_000 });
    database.server.faults.down = true;
    const reading = database.rows('samples').read('a');
    await database.close();
    await assert.rejects(reading, unavailable(/read samples/));
  });

  it('shares nothing with its callers', async () => {
    const rows = memoryDatabase().rows<Sample>('samples');
    const row = sample({ bytes: Buffer.from([1]) });
    await rows.insert(row);
    row.bytes?.fill(9);
    assert.deepEqual((await rows.read(row._id))?.bytes, Buffer.from([1]));
  });
});

describe('a change whose answer was lost', () => {
  /** Makes that many changes of another writer between our lost answer and our next attempt. */
  async function changePassedBy(others: number): Promise<[Sample, () => Promise<Sample | undefined>]> {
    let passing: Promise<unknown> | undefined;
    const database: MemoryDatabase = memoryDatabase({ onRetry: () => void (passing ??= pass()) });
    const rows = database.rows<Sample>('samples');
    const row = sample();
    await rows.insert(row);
    const pass = async () => {
      for (let size = 1; size <= others; size++) {
        const seen = await rows.read(row._id);
        if (seen) await rows.change(seen, { size });
      }
    };
    database.server.faults.loseAnswerOf = 1;
    return [row, () => rows.change(row, { note: 'ours' })];
  }

  it('is recognised though others changed the row since, who keep their changes', async () => {
    const [row, change] = await changePassedBy(7);
    assert.deepEqual(await change(), { ...row, note: 'ours', size: 7, revision: 9 });
  });

  it('is called unknown, never lost, when too many changed the row since', async () => {
    const [, change] = await changePassedBy(8);
    await assert.rejects(change(), error => {
      assert.ok(isParityError(error, 'database_unavailable') && error.cause instanceof Error);
      assert.match(error.cause.message, /outcome is not known/);
      return true;
    });
  });
});
