import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { settledWeights } from '../../domain/dns-weights.ts';
import { parseRelease } from '../../domain/release.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { openRecordFile } from './record-file.ts';

const first = { release: parseRelease('1'), clock: systemClock, random: systemRandom };

describe('openRecordFile', () => {
  it('begins with the release live on the cluster of its sprint', async context => {
    const record = (await openRecordFile(await recordFolder(context), first)).current();
    assert.deepEqual(record.live, { parity: 'odd', release: '1' });
    assert.equal(record.version, 1);
    assert.deepEqual(settledWeights(record), { odd: 255, even: 0 });
  });

  it('reads what somebody else has written since', async context => {
    const folder = await recordFolder(context);
    const file = await openRecordFile(folder, first);
    await writeVersion(folder, 2, JSON.stringify({ ...file.current(), version: 2, candidate: '2' }));
    assert.equal(file.current().candidate, '2');
  });

  it('opens again what was there', async context => {
    const folder = await recordFolder(context);
    await openRecordFile(folder, first);
    const again = await openRecordFile(folder, { ...first, release: parseRelease('7') });
    assert.equal(again.current().live.release, '1');
  });

  it('keeps to what it knows when the newest is broken, older or away', async context => {
    const folder = await recordFolder(context);
    const file = await openRecordFile(folder, first);
    const known = { ...file.current(), version: 5 };
    await writeVersion(folder, 5, JSON.stringify(known));
    assert.equal(file.current().version, 5);
    await writeVersion(folder, 6, '{ "schema": ');
    assert.equal(file.current().version, 5);
    await writeVersion(folder, 7, JSON.stringify({ ...known, version: 4 }));
    assert.equal(file.current().version, 5);
    await rm(folder, { recursive: true });
    assert.equal(file.current().version, 5);
  });

  it('refuses to begin with a broken record', async context => {
    const folder = await recordFolder(context);
    const { current } = await openRecordFile(folder, first);
    await writeVersion(folder, 2, JSON.stringify({ ...current(), threshold: 1001 }));
    await assert.rejects(openRecordFile(folder, first), { code: 'invalid_record', message: /threshold/ });
  });
});

/** What another process would write next. */
async function writeVersion(folder: string, version: number, text: string): Promise<void> {
  await writeFile(join(folder, 'record', `${version}.json`), text);
}

async function recordFolder(context: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'parity-record-'));
  context.after(() => rm(root, { recursive: true, force: true }));
  return root;
}
