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
    // One hook, for hooks run in the order of their making and end with the first that fails.
    const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
    t.after(async () => {
      for (const end of ends.toReversed()) await end();
    });
    const first = await startDatabase({ machine, folder });
    ends.push(() => first.kill());
    const port = Number(new URL(first.url).port);
    const database = connectDatabase({
      url: first.url,
      name: 'killed',
      clock: systemClock,
      random: systemRandom,
    });
    ends.push(() => database.close());
    const rows = database.rows<LoadRow>('rows');
    const load = startWriteLoad(rows, 8);
    await load.more(200);
    await first.kill();
    const second = await startDatabase({ machine, folder, port });
    ends.push(() => second.stop());
    await load.more(200);
    await load.stop();
    assert.deepEqual(await lostWrites(rows, load), []);
    t.diagnostic(`${load.acknowledged.size} rows acknowledged, ${load.unavailable} calls unavailable`);
  });
});
