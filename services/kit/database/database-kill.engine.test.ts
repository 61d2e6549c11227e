import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startDatabase } from '../../../local/engines/database.ts';
import type { Machine } from '../../../local/engines/engine.ts';
import { systemClock, systemRandom } from '../ports.ts';
import { connectDatabase } from './mongo-database.ts';
import { lostWrites, startWriteLoad, type LoadRow } from './write-load.ts';

const machine: Machine = { env: process.env, progress: line => process.stderr.write(`${line}\n`) };

describe('a database that is killed', () => {
  it('loses nothing that it acknowledged, and its callers see at most database_unavailable', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-database-'));
    t.after(() => rm(folder, { recursive: true }));
    const first = await startDatabase({ machine, folder });
    t.after(() => first.kill());
    const port = Number(new URL(first.url).port);
    const database = connectDatabase({
      url: first.url,
      name: 'killed',
      clock: systemClock,
      random: systemRandom,
    });
    t.after(() => database.close());
    const rows = database.rows<LoadRow>('rows');
    const load = startWriteLoad(rows, 8);
    await load.more(200);
    await first.kill();
    const second = await startDatabase({ machine, folder, port });
    t.after(() => second.stop());
    await load.more(200);
    await load.stop();
    assert.deepEqual(await lostWrites(rows, load), []);
    t.diagnostic(`${load.acknowledged.size} rows acknowledged, ${load.unavailable} calls unavailable`);
  });
});
