import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import type { Collection } from 'mongodb';
import { startDatabase } from './database.ts';
import type { RunningEngine } from './engine.ts';
import { processTree, signal, stillLiving, type ProcessIdentity } from './process-tree.ts';
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

/** Keeps pg_cron's process from noticing anything, as when it waits for a job: then it looks at nothing else. */
async function freezeLauncher(postmaster: number): Promise<ProcessIdentity> {
  for (;;) {
    for (const each of await processTree(postmaster)) {
      const commandLine = await readFile(`/proc/${each.pid}/cmdline`, 'utf8').catch(() => '');
      if (!commandLine.includes('postgres: pg_cron launcher')) continue;
      signal(each.pid, 'SIGSTOP');
      return each;
    }
    await pause(50);
  }
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

  it('starts where a killed one has left a process that does not notice', async () => {
    const launcher = await freezeLauncher(database.pid ?? 0);
    signal(database.pid ?? 0, 'SIGKILL');
    await database.exited;
    await restart();
    assert.deepEqual(await stillLiving([launcher]), []);
  });

  it('does not outlive the process that started it, nor does what it has started', async () => {
    await database.stop();
    const script = `
      import { startDatabase } from ${JSON.stringify(join(import.meta.dirname, 'database.ts'))};
      const machine = { env: process.env, progress: () => {} };
      const database = await startDatabase({ machine, folder: ${JSON.stringify(folder)} });
      console.log(database.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [told] = (await once(parent.stdout, 'data')) as [Buffer];
    const tree = await processTree(Number(told.toString()));
    await freezeLauncher(Number(told.toString()));
    parent.kill('SIGKILL');
    while ((await stillLiving(tree)).length > 0) await pause(50);
    await restart();
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
