import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { objectStoreContract } from '../store/object-store.contract.ts';
import { fileObjects, readObjectNow } from './file-objects.ts';

const random = { bytes: randomBytes };

objectStoreContract('files', {
  open: async context => {
    const root = await aFolder(context);
    return () => fileObjects({ root, random });
  },
  random,
  races: 100,
});

describe('fileObjects', () => {
  it('keeps the last versions only, for their owner alone', async context => {
    const root = await aFolder(context);
    const objects = fileObjects({ root, random });
    for (let version = 0; version < 40; version += 1)
      await objects.write('lock', `${version}`, version === 0 ? undefined : String(version));
    const names = await readdir(join(root, 'lock'));
    assert.equal(names.length, 16);
    assert.equal((await stat(join(root, 'lock', '40.json'))).mode & 0o777, 0o600);
    assert.equal(readObjectNow(root, 'lock'), '39');
  });

  it('never shows half a version, and no litter of a writer that died', async context => {
    const root = await aFolder(context);
    const objects = fileObjects({ root, random });
    await objects.write('lock', 'whole', undefined);
    await writeFile(join(root, 'lock', '1f.new'), 'ha');
    assert.equal((await objects.read('lock'))?.text, 'whole');
    assert.equal(await objects.write('lock', 'next', '1'), 'written');
  });

  it('says what could not be reached, why, and what to do', async context => {
    const root = await aFolder(context);
    const at = join(root, 'record');
    await writeFile(at, 'no folder');
    const objects = fileObjects({ root, random });
    await assert.rejects(objects.read('record'), {
      code: 'record_unavailable',
      message: `The record could not be read. ${at} cannot be used: a part of that path is no folder (ENOTDIR). Move that away, or choose another place.`,
    });
    await assert.rejects(objects.write('record', '{}', undefined), {
      code: 'record_unavailable',
      message: `The record could not be written. ${at} cannot be used: a file lies where a folder belongs (EEXIST). Move it away, or choose another place.`,
    });
  });
});

async function aFolder(context: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'parity-objects-'));
  context.after(() => rm(root, { recursive: true }));
  return root;
}
