import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openLogFile } from './log-file.ts';

describe('openLogFile', () => {
  it('appends to what is there, readable by its owner alone', async context => {
    const path = await logPath(context);
    await write(path, ['one\n']);
    await write(path, ['two\n']);
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('puts a full file aside, and one only', async context => {
    const path = await logPath(context);
    await write(path, ['aaaa\n', 'bbbb\n', 'cccc\n', 'dddd\n', 'eeee\n'], 10);
    assert.deepEqual((await readdir(join(path, '..'))).sort(), ['odd.log', 'odd.log.1']);
    assert.equal(await readFile(`${path}.1`, 'utf8'), 'cccc\ndddd\n');
    assert.equal(await readFile(path, 'utf8'), 'eeee\n');
  });

  it('loses what cannot be written, quietly', async context => {
    const path = join(await logPath(context), 'no', 'such', 'folder');
    await write(path, ['lost\n']);
    await assert.rejects(stat(path), { code: 'ENOENT' });
  });
});

async function logPath(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-log-'));
  context.after(() => rm(folder, { recursive: true }));
  return join(folder, 'odd.log');
}

async function write(path: string, lines: readonly string[], maxBytes?: number): Promise<void> {
  const log = openLogFile(path, maxBytes);
  for (const line of lines) log.write(line);
  log.end();
  await once(log, 'finish');
}
