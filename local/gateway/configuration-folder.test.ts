import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../services/kit/test-folder.ts';
import { configurationFolder } from './configuration-folder.ts';
import { watchedFolder, type ConfigurationFile } from './render-gateway.ts';

async function aFolder(test: TestContext) {
  const folder = await testFolder(test);
  const watched = join(folder, watchedFolder, 'clusters');
  await mkdir(watched, { recursive: true });
  return { watched, files: configurationFolder(folder) };
}

function aFile(version: string): ConfigurationFile {
  return { name: 'clusters', version, text: `text of ${version}` };
}

describe('configurationFolder', () => {
  it('puts files whole, in place of what was there, for their owner alone', async test => {
    const { watched, files } = await aFolder(test);
    await writeFile(join(watched, 'clusters.json'), 'old', { mode: 0o644 });
    await files.put([aFile('1')]);
    assert.equal(await readFile(join(watched, 'clusters.json'), 'utf8'), 'text of 1');
    assert.equal((await stat(join(watched, 'clusters.json'))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(watched), ['clusters.json']);
  });

  it('writes beside the watched folders and renames into its own: Envoy sees nothing else', async test => {
    const { watched, files } = await aFolder(test);
    await files.put([aFile('1')]);
    const before = (await stat(join(watched, 'clusters.json'))).ino;
    await files.put([aFile('2')]);
    assert.notEqual((await stat(join(watched, 'clusters.json'))).ino, before);
  });

  it('counts as changed what it has not put, also where a file is there already', async test => {
    const { watched, files } = await aFolder(test);
    await writeFile(join(watched, 'clusters.json'), 'text of 1');
    assert.deepEqual(files.changed([aFile('1')]), [aFile('1')]);
    await files.put([aFile('1')]);
    assert.deepEqual(files.changed([aFile('1')]), []);
    assert.deepEqual(files.changed([aFile('2')]), [aFile('2')]);
  });

  it('counts as changed what it was told to forget', async test => {
    const { files } = await aFolder(test);
    await files.put([aFile('1')]);
    files.forget([aFile('1')]);
    assert.deepEqual(files.changed([aFile('1')]), [aFile('1')]);
  });
});
