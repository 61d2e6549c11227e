import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MongoClient } from 'mongodb';
import type { Collection } from 'mongodb';
import { startDatabase } from './database.ts';
import type { RunningEngine } from './engine.ts';
import { processTree, signal, stillLiving } from './process-tree.ts';
import { isInRange } from './version-range.ts';

const machine = { env: process.env, progress: (line: string) => void process.stderr.write(`${line}\n`) };

interface Row {
  readonly _id: string;
  readonly name?: string;
}

async function withRows<T>({ url }: RunningEngine, use: (rows: Collection<Row>) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, {
    writeConcern: { w: 'majority', journal: true },
    serverSelectionTimeoutMS: 5_000,
  });
  return use(client.db('test').collection<Row>('rows')).finally(() => client.close());
}

describe('startDatabase', { timeout: 600_000 }, () => {
  let folder = '';
  let database: RunningEngine;
  const start = (port?: number) => startDatabase({ machine, folder, ...(port ? { port } : {}) });
  const restart = async () => {
    database = await start(Number(new URL(database.url).port));
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-database-'));
    database = await start();
  });
  after(async () => {
    await database.stop();
    await rm(folder, { recursive: true });
  });

  it('is of versions that we know', () => {
    // A mongod on PATH is held against its own range when it is found (`mongod.ts`).
    if (database.source === 'path') return assert.match(database.version, /^\d+\.\d+/);
    const [, ferretDb = '', documentDb = '', postgres = ''] =
      /^FerretDB (\S+), DocumentDB (\S+), PostgreSQL (\S+)$/.exec(database.version) ?? [];
    assert.equal(ferretDb, '2.7.0');
    assert.ok(isInRange(documentDb, { from: '1.0', below: '2' }), documentDb);
    assert.ok(isInRange(postgres, { from: '18', below: '19' }), postgres);
  });

  it('lets nobody in without its password', async () => {
    const stranger = { ...database, url: database.url.replace(/\/\/.*@/, '//') };
    await assert.rejects(
      withRows(stranger, rows => rows.insertOne({ _id: 'x' })),
      /authentica/i,
    );
  });

  it('lets one of several win a unique key', async () => {
    const outcomes = await withRows(database, async rows => {
      await rows.createIndex({ name: 1 }, { unique: true });
      const inserts = ['a', 'b', 'c', 'd'].map(_id => rows.insertOne({ _id, name: 'only one' }));
      return Promise.allSettled(inserts);
    });
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('keeps a majority-written row over kill -9 and restart, on the same port', async () => {
    await withRows(database, rows => rows.insertOne({ _id: 'kept', name: 'kept' }));
    await database.kill();
    await restart();
    assert.deepEqual(await withRows(database, rows => rows.findOne({ _id: 'kept' })), {
      _id: 'kept',
      name: 'kept',
    });
  });

  it('is one engine: with PostgreSQL killed it has ended, all of it', async () => {
    const tree = await processTree(database.pid ?? 0);
    signal(database.pid ?? 0, 'SIGKILL');
    assert.equal(await database.exited, 'PostgreSQL ended with SIGKILL');
    await restart();
    assert.deepEqual(await stillLiving(tree), []);
    assert.ok(await withRows(database, rows => rows.findOne({ _id: 'kept' })));
  });

  it('says that the folder is in use', async () => {
    await assert.rejects(start(), {
      code: 'already_running',
      message: new RegExp(`^PostgreSQL: process ${database.pid} works in .*data\\. End it`),
    });
  });

  it('leaves no process when it is stopped, and keeps what it had', async () => {
    const trees = (await Promise.all([process.pid, database.pid ?? 0].map(processTree))).flat();
    const started = trees.filter(({ pid }) => pid !== process.pid);
    await database.stop();
    assert.deepEqual(await stillLiving(started), []);
    await restart();
    assert.ok(await withRows(database, rows => rows.findOne({ _id: 'kept' })));
  });
});
