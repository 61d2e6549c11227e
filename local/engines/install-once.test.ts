import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { installOnce } from './install-once.ts';

/** Above the largest number that Linux gives to a process. */
const deadPid = 2 ** 22 + 1;

describe('installOnce', () => {
  let folder = '';
  let target = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-install-'));
    target = join(folder, 'engine');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (text: string) => (at: string) => writeFile(join(at, 'file'), text);
  const contents = () => readFile(join(target, 'file'), 'utf8');

  it('fills the folder and leaves nothing else', async () => {
    await installOnce(target, put('one'));
    assert.equal(await contents(), 'one');
    assert.deepEqual(await readdir(folder), ['engine']);
  });
  it('does not fill what is there', async () => {
    await installOnce(target, put('one'));
    await installOnce(target, put('two'));
    assert.equal(await contents(), 'one');
  });
  it('fills once for those who come at once', async () => {
    let filled = 0;
    const fill = async (at: string) => put(`${++filled}`)(at);
    await Promise.all([1, 2, 3].map(() => installOnce(target, fill)));
    assert.equal(filled, 1);
  });
  it('shows nothing of a failed one, and can be repeated', async () => {
    const failing = async (at: string) => {
      await put('half')(at);
      throw new TypeError('no more disk');
    };
    await assert.rejects(installOnce(target, failing), { message: 'no more disk' });
    assert.deepEqual(await readdir(folder), []);
    await installOnce(target, put('whole'));
    assert.equal(await contents(), 'whole');
  });
  it('clears away what a killed process left, its lock included', async () => {
    await mkdir(`${target}.${deadPid}.x`);
    await writeFile(`${target}.lock`, `${deadPid}`);
    await installOnce(target, put('one'));
    assert.deepEqual(await readdir(folder), ['engine']);
  });
});
