import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as passed } from 'node:timers/promises';
import { MongoClient, type Db } from 'mongodb';
import { systemClock, systemRandom } from '../ports.ts';
import { startAnswerLosingProxy } from './answer-losing-proxy.ts';
import { sample, type Bench, type Sample } from './database-bench.ts';
import { describeDatabase } from './database.contract.ts';
import { connectDatabase, type ConnectOptions } from './mongo-database.ts';
import { testEngineUrls } from './test-engines.ts';

const unavailable = { code: 'database_unavailable', retryAfterS: 5 };

function connect(options: Pick<ConnectOptions, 'url' | 'name'> & Partial<ConnectOptions>) {
  return connectDatabase({ clock: systemClock, random: systemRandom, ...options });
}

/** Past our own layer, to the server itself. */
async function directly(url: string, name: string, work: (db: Db) => Promise<unknown>): Promise<void> {
  await using client = new MongoClient(url);
  await work(client.db(name));
}

function drop(url: string, name: string): Promise<void> {
  return directly(url, name, db => db.dropDatabase());
}

async function openBench(url: string): Promise<Bench> {
  const name = `parity-test-${randomUUID().slice(0, 8)}`;
  const proxy = await startAnswerLosingProxy(url);
  const database = connect({ url: proxy.url, name });
  return {
    database,
    loseAnswerOf: nth => proxy.loseAnswerOf(nth),
    fill: (collection, rows) =>
      directly(url, name, db => db.collection<{ _id: string }>(collection).insertMany([...rows])),
    // The server's clock cannot be moved from here.
    passTime: ms => passed(ms),
    close: async () => {
      await database.close();
      await proxy.close();
      await drop(url, name);
    },
  };
}

function outages(url: string): void {
  it('does not keep us from starting, and is over when the database is back', async t => {
    const gone = await startAnswerLosingProxy(url);
    await gone.close();
    const name = `parity-test-${randomUUID().slice(0, 8)}`;
    const database = connect({ url: gone.url, name, deadlineMs: 3000 });
    t.after(() => database.close());
    const rows = database.rows<Sample>('samples');
    assert.equal(await database.health(), false);
    const refusal = {
      ...unavailable,
      message: 'The database does not answer (read samples); try again later.',
    };
    await assert.rejects(rows.read('a'), refusal);
    const indexed = database.ensureIndexes<Sample>('samples', [{ state: 1 }]);
    const inserted = rows.insert(sample());
    const back = await startAnswerLosingProxy(url, Number(new URL(gone.url).port));
    t.after(() => back.close());
    assert.equal(await inserted, 'inserted');
    await indexed;
    assert.equal(await database.health(), true);
    await drop(url, name);
  });

  it('ends calls that wait for nothing when we close', async () => {
    const database = connect({ url, name: 'closed' });
    await database.rows('samples').read('a');
    await database.close();
    await assert.rejects(database.rows('samples').read('a'), unavailable);
    assert.equal(await database.health(), false);
  });
}

for (const { name, url } of testEngineUrls()) {
  describeDatabase(name, () => openBench(url));
  describe(`an outage of ${name}`, () => outages(url));
}
