import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { fileAlarms } from './file-alarms.ts';
import { faultyFileSystem } from './faulty-file-system.ts';
import { fileSystemContract } from './file-system.contract.ts';
import { nodeFileSystem } from './file-system.ts';
import { silentLog } from './logger.ts';
import { manualClock } from './manual-clock.ts';
import { createMetrics } from './metrics.ts';
import { testFolder } from './test-folder.ts';

function alarmed() {
  const clock = manualClock();
  const alarms: unknown[] = [];
  const log = {
    ...silentLog,
    error: (fields: Readonly<Record<string, unknown>>) => alarms.push(fields['alarm']),
  };
  const metrics = createMetrics({ cluster: 'odd', release: parseRelease('1'), clock });
  const below = faultyFileSystem(nodeFileSystem());
  return { ...{ clock, alarms, metrics, below }, files: fileAlarms({ clock, log, metrics })(below) };
}

async function world(test: TestContext) {
  const made = alarmed();
  const path = join(await testFolder(test), 'a');
  const refused = async (code: string) => {
    const { text } = await made.metrics.render();
    return new RegExp(`^parity_file_calls_refused_total\\{code="${code}".*\\} (\\d+)$`, 'm').exec(text)?.[1];
  };
  return { ...made, path, refused };
}

fileSystemContract('an alarmed file system', () => alarmed().files);

describe('fileAlarms', () => {
  it('raises one alarm a minute while writes are lost, and counts them all', async test => {
    const { files, below, path, alarms, clock, refused } = await world(test);
    const file = await files.create(path);
    below.disturb('sync', { kind: 'fails', code: 'EIO' });
    await assert.rejects(file.sync(), { code: 'EIO' });
    await assert.rejects(file.sync(), { code: 'EIO' });
    assert.deepEqual(alarms, ['write_lost']);
    clock.advance(60_000);
    await assert.rejects(file.sync(), { code: 'EIO' });
    assert.deepEqual(alarms, ['write_lost', 'write_lost']);
    await file.close();
    assert.equal(await refused('EIO'), '3');
  });

  it('raises none for what was not written, and for what is full', async test => {
    const { files, below, path, alarms, refused } = await world(test);
    below.disturb('open', { kind: 'fails', code: 'EIO' });
    await assert.rejects(files.open(path), { code: 'EIO' });
    below.disturb('createWhole', { kind: 'fails', code: 'ENOSPC' });
    await assert.rejects(files.createWhole(path, []), { code: 'ENOSPC' });
    assert.deepEqual(alarms, []);
    assert.deepEqual([await refused('EIO'), await refused('ENOSPC')], ['1', '1']);
  });

  it('counts no answer that a name gave', async test => {
    const { files, path, metrics } = await world(test);
    await assert.rejects(files.open(path), { code: 'ENOENT' });
    await files.createWhole(path, []);
    await assert.rejects(files.createWhole(path, []), { code: 'EEXIST' });
    assert.doesNotMatch((await metrics.render()).text, /parity_file_calls_refused_total\{.*\} [^0]/);
  });
});
