import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { FileSystem } from './file-system.ts';
import { testFolder } from './test-folder.ts';

async function write(files: FileSystem, path: string, ...chunks: string[]): Promise<void> {
  const file = await files.create(path);
  await file.write(chunks.map(chunk => Buffer.from(chunk)));
  await file.sync();
  await file.close();
}

async function read(files: FileSystem, path: string, part = { position: 0, length: 1000 }): Promise<string> {
  const file = await files.open(path);
  const bytes = await file.read(part.position, part.length);
  await file.close();
  return bytes.toString();
}

async function opened(test: TestContext, make: () => FileSystem) {
  const folder = await testFolder(test);
  return { files: make(), at: (file: string) => join(folder, file), folder };
}

/** What spool and vault rely on, whichever file system is below. */
export function fileSystemContract(name: string, make: () => FileSystem): void {
  describe(`${name}: content`, () => contentContract(make));
  describe(`${name}: names`, () => nameContract(make));
  describe(`${name}: folders`, () => folderContract(make));
}

function contentContract(make: () => FileSystem): void {
  it('writes chunks in order, thousands of them, empty ones included', async test => {
    const { files, at } = await opened(test, make);
    const chunks = Array.from({ length: 5000 }, (_, n) => (n % 3 === 0 ? '' : `${n},`));
    await write(files, at('a'), ...chunks);
    assert.equal(await read(files, at('a'), { position: 0, length: 100_000 }), chunks.join(''));
  });

  it('makes a whole file where the name is free, and nothing where it is not', async test => {
    const { files, at } = await opened(test, make);
    const chunks = Array.from({ length: 5000 }, (_, n) => Buffer.from(`${n},`));
    await files.createWhole(at('a'), chunks);
    await assert.rejects(files.createWhole(at('a'), [Buffer.from('other')]), { code: 'EEXIST' });
    const whole = Buffer.concat(chunks).toString();
    assert.equal(await read(files, at('a'), { position: 0, length: 100_000 }), whole);
  });

  it('takes over the memory of what it writes, and leaves alone what others share', async test => {
    const { files, at } = await opened(test, make);
    const own = () => new Uint8Array(Buffer.from('12345'));
    const [whole, chunk, shared] = [own(), own(), own()];
    await files.createWhole(at('a'), [whole, shared.subarray(1)]);
    const file = await files.create(at('b'));
    await file.write([chunk]);
    await file.close();
    assert.deepEqual([whole.length, chunk.length, shared.length], [0, 0, 5]);
    assert.equal(await read(files, at('a')), '123452345');
  });

  it('reads parts, and fewer bytes only at the end', async test => {
    const { files, at } = await opened(test, make);
    await write(files, at('a'), '0123456789');
    assert.equal(await read(files, at('a'), { position: 2, length: 3 }), '234');
    assert.equal(await read(files, at('a'), { position: 8, length: 5 }), '89');
    assert.equal(await read(files, at('a'), { position: 50, length: 5 }), '');
    const file = await files.open(at('a'));
    assert.equal(await file.size(), 10);
    await file.close();
  });
}

function nameContract(make: () => FileSystem): void {
  it('creates and links only where the name is free', async test => {
    const { files, at } = await opened(test, make);
    await write(files, at('a'), 'first');
    await write(files, at('b'), 'second');
    await assert.rejects(files.create(at('a')), { code: 'EEXIST' });
    await assert.rejects(files.link(at('b'), at('a')), { code: 'EEXIST' });
    assert.equal(await read(files, at('a')), 'first');
    await files.link(at('b'), at('c'));
    await files.remove(at('b'));
    assert.equal(await read(files, at('c')), 'second');
  });

  it('renames over what has the name', async test => {
    const { files, at, folder } = await opened(test, make);
    await write(files, at('a'), 'first');
    await write(files, at('b'), 'second');
    await files.rename(at('b'), at('a'));
    assert.equal(await read(files, at('a')), 'second');
    assert.deepEqual(await files.list(folder), ['a']);
  });

  it('removes what is there and is content when nothing is', async test => {
    const { files, at, folder } = await opened(test, make);
    await write(files, at('a'), 'first');
    await files.remove(at('a'));
    await files.remove(at('a'));
    assert.deepEqual(await files.list(folder), []);
  });
}

function folderContract(make: () => FileSystem): void {
  it('says ENOENT for what is not there', async test => {
    const { files, at } = await opened(test, make);
    await assert.rejects(files.open(at('a')), { code: 'ENOENT' });
    await assert.rejects(files.state(at('a')), { code: 'ENOENT' });
    await assert.rejects(files.rename(at('a'), at('b')), { code: 'ENOENT' });
    await assert.rejects(files.list(at('a')), { code: 'ENOENT' });
    const syncs = await Promise.allSettled([1, 2, 3].map(() => files.syncFolder(at('a'))));
    assert.deepEqual(
      syncs.map(sync => sync.status === 'rejected' && (sync.reason as { code: unknown }).code),
      ['ENOENT', 'ENOENT', 'ENOENT'],
    );
  });

  it('makes folders with their parents, and is content when they are there', async test => {
    const { files, at } = await opened(test, make);
    await files.makeFolder(at('x/y'));
    await files.makeFolder(at('x/y'));
    await write(files, at('x/y/a'), 'deep');
    await Promise.all([1, 2, 3].map(() => files.syncFolder(at('x/y'))));
    const { size, modifiedAtMs } = await files.state(at('x/y/a'));
    assert.equal(size, 4);
    assert.ok(modifiedAtMs > Date.UTC(2020, 0));
  });
}
