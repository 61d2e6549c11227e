import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { keyedDocumentId } from '../../../domain/document-id.ts';
import { systemRandom } from '../ports.ts';
import { openSpool } from './spool.ts';
import { buildManifest, payloadOf, spoolDocument, spoolWorld, type SpoolWorld } from './spool-world.ts';

const payload = Buffer.from('0123456789');
const { id } = buildManifest(payload);
const stranger = keyedDocumentId({ owner: 'bert', key: 'key-1' });
const old = new Date('2026-01-01T00:00:00Z');

describe('openSpool', () => {
  it('makes its folders, durably, and opens again with what is there', async test => {
    const world = await spoolWorld(test);
    const synced = world.files.calls.filter(({ operation }) => operation === 'syncFolder');
    assert.deepEqual(
      synced.map(({ path }) => path),
      [join(world.folder, 'documents'), world.folder],
    );
    const sent = await spoolDocument(world, payload);
    const again = await openSpool({ ...world, random: systemRandom });
    assert.deepEqual(await again.find(id), sent);
  });
});

describe('find', () => {
  it('has nothing to say of a document that is not there', async test => {
    const { spool } = await spoolWorld(test);
    assert.equal(await spool.find(stranger), undefined);
  });

  it('refuses an entry that was torn or altered', async test => {
    const world = await spoolWorld(test);
    await spoolDocument(world, payload);
    const whole = await readFile(world.pathOf(id));
    for (const torn of [whole.subarray(0, -1), whole.subarray(1), whole.subarray(0, 10), Buffer.alloc(0)]) {
      await writeFile(world.pathOf(id), torn);
      await assert.rejects(world.spool.find(id), { code: 'document_corrupt', message: /^A spool file/ });
    }
  });

  it('refuses the entry of another document', async test => {
    const world = await spoolWorld(test);
    await spoolDocument(world, payload);
    await copyFile(world.pathOf(id), world.pathOf(stranger));
    await assert.rejects(world.spool.find(stranger), {
      code: 'document_corrupt',
      message: `The spool file of ${stranger} is another document's.`,
    });
  });

  it('says when the file system refuses', async test => {
    const world = await spoolWorld(test);
    world.files.disturb('open', { kind: 'fails', code: 'ESTALE' });
    await assert.rejects(world.spool.find(id), {
      code: 'spool_unavailable',
      message:
        'The spool refuses (ESTALE): nothing was promised. Send the document again, with the same key.',
    });
  });
});

describe('slice', () => {
  it('gives parts of the payload and nothing behind it', async test => {
    const world = await spoolWorld(test);
    await spoolDocument(world, payload);
    const slice = async (position: number, length: number) =>
      (await world.spool.slice(id, { position, length })).toString();
    assert.equal(await slice(0, 4), '0123');
    assert.equal(await slice(8, 100), '89');
    assert.equal(await slice(10, 1), '');
    assert.equal(await slice(1e12, 1), '');
  });

  it('does not take a file that is gone for an empty one', async test => {
    const { spool } = await spoolWorld(test);
    await assert.rejects(spool.slice(id, { position: 0, length: 1 }), {
      code: 'spool_unavailable',
      message: 'The spool has no file of this document: look again.',
    });
  });
});

describe('payload', () => {
  it('rejects when there is no file, and when reading fails', async test => {
    const world = await spoolWorld(test);
    await assert.rejects(payloadOf(world, id), { code: 'spool_unavailable', message: /ENOENT/ });
    await spoolDocument(world, payload);
    world.files.disturb('read', { kind: 'fails', code: 'EIO' });
    await assert.rejects(payloadOf(world, id), { code: 'spool_unavailable', message: /EIO/ });
    const operations = world.files.calls.map(({ operation }) => operation);
    assert.equal(operations.at(-1), 'close');
  });
});

describe('settle', () => {
  const settled = { state: 'stored' } as const;

  it('replaces the payload by a receipt that still answers', async test => {
    const world = await spoolWorld(test);
    const sent = await spoolDocument(world, payload);
    const before = world.files.calls.length;
    await world.spool.settle({ ...sent, settled });
    const operations = world.files.calls.slice(before).map(({ operation }) => operation);
    assert.deepEqual(operations, ['createWhole', 'rename', 'syncFolder']);
    assert.deepEqual(await world.spool.find(id), { ...sent, settled });
    assert.equal((await payloadOf(world, id)).length, 0);
    assert.deepEqual(await world.incoming(), []);
  });

  it('holds the name against a second upload', async test => {
    const world = await spoolWorld(test);
    const sent = await spoolDocument(world, payload);
    await world.spool.settle({ ...sent, settled });
    const second = world.spool.receive();
    await second.seal(buildManifest(Buffer.alloc(0)));
    assert.deepEqual(await second.publish(), { ...sent, settled });
  });

  it('believes the receipt when the server says that the rename failed (failures.md 35)', async test => {
    const world = await spoolWorld(test);
    const sent = await spoolDocument(world, payload);
    world.files.disturb('rename', { kind: 'lies', code: 'ENOENT' });
    await world.spool.settle({ ...sent, settled });
    assert.deepEqual(await world.spool.find(id), { ...sent, settled });
  });

  it('leaves the payload and no temporary file when it fails', async test => {
    const world = await spoolWorld(test);
    const sent = await spoolDocument(world, payload);
    for (const operation of ['createWhole', 'rename'] as const) {
      world.files.calm();
      world.files.disturb(operation, { kind: 'fails', code: operation === 'rename' ? 'ENOENT' : 'ENOSPC' });
      const code = operation === 'rename' ? 'spool_unavailable' : 'spool_full';
      await assert.rejects(world.spool.settle({ ...sent, settled }), { code, message: /^The spool/ });
      assert.deepEqual(await payloadOf(world, id), payload);
      assert.deepEqual(await world.incoming(), []);
    }
  });
});

describe('listFolder', () => {
  it('lists documents alone, with their last change', async test => {
    const world = await spoolWorld(test);
    await spoolDocument(world, payload);
    const folder = Number.parseInt(id.slice(-1), 16);
    await writeFile(join(world.pathOf(id), '..', 'lost+found'), '');
    await utimes(world.pathOf(id), old, old);
    const names = [{ id, modifiedAtMs: old.getTime() }];
    assert.deepEqual(await world.spool.listFolder(folder), { names, leaving: [] });
    assert.deepEqual(await world.spool.listFolder(folder, () => true), { names: [], leaving: [] });
  });
});

describe('reapIncoming', () => {
  const hourMs = 3_600_000;

  /** An upload that was last written to `agoMs` before `nowMs`, by the file system's clock. */
  async function leaveUpload(world: SpoolWorld, name: string, agoMs: number): Promise<void> {
    const at = new Date(Date.now() - agoMs);
    await writeFile(join(world.folder, 'incoming', name), 'half');
    await utimes(join(world.folder, 'incoming', name), at, at);
  }

  it('deletes what nobody has touched for so long, and only that', async test => {
    const world = await spoolWorld(test);
    await leaveUpload(world, 'given up', hourMs + 1_000);
    await leaveUpload(world, 'slow', hourMs - 60_000);
    assert.equal(await world.spool.reapIncoming({ nowMs: Date.now(), untouchedMs: hourMs }), 1);
    assert.deepEqual(await world.incoming(), ['slow']);
    assert.equal(await world.spool.reapIncoming({ nowMs: Date.now(), untouchedMs: hourMs }), 0);
  });

  it('leaves an upload under way alone when our clock is an hour ahead (failures.md 56)', async test => {
    const world = await spoolWorld(test);
    await leaveUpload(world, 'under way', 1_000);
    assert.equal(await world.spool.reapIncoming({ nowMs: Date.now() + hourMs, untouchedMs: hourMs }), 0);
    assert.deepEqual(await world.incoming(), ['under way']);
  });

  it('is not stopped by a file that cannot be deleted, and says so when nothing else is left', async test => {
    const world = await spoolWorld(test);
    for (const name of ['a', 'c']) await leaveUpload(world, name, 2 * hourMs);
    // A folder is what `unlink` refuses whoever asks.
    const stuck = join(world.folder, 'incoming', 'b');
    await mkdir(stuck);
    await utimes(stuck, old, old);
    assert.equal(await world.spool.reapIncoming({ nowMs: Date.now(), untouchedMs: hourMs }), 2);
    await assert.rejects(world.spool.reapIncoming({ nowMs: Date.now(), untouchedMs: hourMs }), {
      code: 'spool_unavailable',
      message: /EISDIR/,
    });
  });
});

describe('probe', () => {
  it('resolves while the spool takes documents, and leaves nothing behind', async test => {
    const world = await spoolWorld(test);
    await world.spool.probe();
    assert.deepEqual(await world.incoming(), []);
  });

  it('rejects when the spool is full or cannot be written, and recovers alone (failures.md 9)', async test => {
    const world = await spoolWorld(test);
    world.files.disturb('createWhole', { kind: 'fails', code: 'ENOSPC' }, 1);
    await assert.rejects(world.spool.probe(), { code: 'spool_full', message: /^The spool is full/ });
    world.files.disturb('createWhole', { kind: 'fails', code: 'EROFS' }, 1);
    await assert.rejects(world.spool.probe(), { code: 'spool_unavailable', message: /EROFS/ });
    await world.spool.probe();
    assert.deepEqual(await world.incoming(), []);
  });
});
