import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { faultyFileSystem } from './faulty-file-system.ts';
import { fileSystemContract } from './file-system.contract.ts';
import { nodeFileSystem } from './file-system.ts';
import { testFolder } from './test-folder.ts';

fileSystemContract('an undisturbed faulty file system', () => faultyFileSystem(nodeFileSystem()));

async function opened(test: TestContext) {
  const folder = await testFolder(test);
  return { files: faultyFileSystem(nodeFileSystem()), folder, path: join(folder, 'a') };
}

describe('faultyFileSystem', () => {
  it('fails as often as asked, without doing it', async test => {
    const { files, folder, path } = await opened(test);
    files.disturb('create', { kind: 'fails', code: 'ENOSPC' }, 2);
    await assert.rejects(files.create(path), { code: 'ENOSPC' });
    await assert.rejects(files.create(path), { code: 'ENOSPC' });
    assert.deepEqual(await files.list(folder), []);
    await (await files.create(path)).close();
    assert.deepEqual(await files.list(folder), ['a']);
  });

  it('disturbs files that were opened before, and says what was called', async test => {
    const { files, path } = await opened(test);
    const file = await files.create(path);
    files.disturb('sync', { kind: 'fails', code: 'EIO' });
    await assert.rejects(file.sync(), { code: 'EIO' });
    files.calm();
    await file.sync();
    await file.close();
    assert.deepEqual(
      files.calls.map(({ operation }) => operation),
      ['create', 'sync', 'sync', 'close'],
    );
  });

  it('lies: does it and refuses', async test => {
    const { files, folder, path } = await opened(test);
    await (await files.create(path)).close();
    files.disturb('link', { kind: 'lies', code: 'EEXIST' });
    await assert.rejects(files.link(path, join(folder, 'b')), { code: 'EEXIST' });
    assert.deepEqual((await files.list(folder)).toSorted(), ['a', 'b']);
  });

  it('hangs until it is calm, and goes on then', async test => {
    const { files, folder } = await opened(test);
    files.disturb('list', { kind: 'hangs' });
    const listing = files.list(folder);
    assert.equal(await Promise.race([listing, files.state(folder).then(() => 'hangs')]), 'hangs');
    files.calm();
    assert.deepEqual(await listing, []);
  });
});
