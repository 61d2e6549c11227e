import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFileSystem } from '../file-system.ts';
import { systemRandom } from '../ports.ts';
import type { Lying } from './lying.ts';
import { openSpool } from './spool.ts';
import { buildManifest, payloadOf, spoolDocument, spoolWorld, type SpoolWorld } from './spool-world.ts';

const first = Buffer.from('the first bytes');
const later = Buffer.from('bytes that came later, under the same key');
const { id } = buildManifest(first);
const folder = Number.parseInt(id.slice(-1), 16);
const settled = { state: 'stored' } as const;

const isReceipt = (lying: Lying) => lying !== 'damaged' && lying.settled !== undefined;

async function receiptIn(world: Pick<SpoolWorld, 'spool'>): Promise<void> {
  await world.spool.settle({ ...(await spoolDocument(world, first)), settled });
}

/** A file that a process took the name of, and died. */
async function leftLeaving(test: TestContext, { as = 'document' }: { as?: 'document' | 'receipt' } = {}) {
  const world = await spoolWorld(test);
  if (as === 'receipt') await receiptIn(world);
  else await spoolDocument(world, first);
  const path = `${world.pathOf(id)}.leaving.0f`;
  await rename(world.pathOf(id), path);
  const left = { id, path };
  assert.deepEqual(await world.spool.listFolder(folder), { names: [], leaving: [left] });
  return { ...world, left };
}

async function isEmpty({ spool }: SpoolWorld): Promise<void> {
  assert.deepEqual(await spool.listFolder(folder), { names: [], leaving: [] });
}

async function hasAlone(world: SpoolWorld, payload: Buffer): Promise<void> {
  const { names, leaving } = await world.spool.listFolder(folder);
  assert.deepEqual([names.map(name => name.id), leaving], [[id], []]);
  assert.deepEqual(await payloadOf(world, id), payload);
}

describe('remove', () => {
  it('removes what is meant, and nothing else', async test => {
    const world = await spoolWorld(test);
    await spoolDocument(world, first);
    await world.spool.remove(id, isReceipt);
    await hasAlone(world, first);
    await world.spool.remove(id, () => true);
    await isEmpty(world);
    await world.spool.remove(id, () => true);
  });

  it('says of a damaged file that it is damaged', async test => {
    const world = await spoolWorld(test);
    await writeFile(world.pathOf(id), 'torn');
    await world.spool.remove(id, lying => lying === 'damaged');
    await isEmpty(world);
  });

  it('leaves what came under the name while its process slept', async test => {
    const world = await spoolWorld(test);
    await receiptIn(world);
    world.files.disturb('rename', { kind: 'hangs' });
    const sleeping = world.spool.remove(id, isReceipt);
    while (world.files.calls.at(-1)?.operation !== 'rename') await sleep(1);
    const others = await openSpool({ folder: world.folder, files: nodeFileSystem(), random: systemRandom });
    await others.remove(id, isReceipt);
    await spoolDocument({ spool: others }, later);
    world.files.calm();
    await sleeping;
    await hasAlone(world, later);
  });

  it('is done when the server says that it had nothing to rename (failures.md 35): it is put back later', async test => {
    const world = await spoolWorld(test);
    await receiptIn(world);
    world.files.disturb('rename', { kind: 'lies', code: 'ENOENT' });
    await world.spool.remove(id, isReceipt);
    const { leaving } = await world.spool.listFolder(folder);
    assert.equal(leaving.length, 1);
  });

  it('says when the file system refuses', async test => {
    const world = await spoolWorld(test);
    await spoolDocument(world, first);
    world.files.disturb('rename', { kind: 'fails', code: 'EROFS' });
    await assert.rejects(
      world.spool.remove(id, () => true),
      { code: 'spool_unavailable', message: /EROFS/ },
    );
    await hasAlone(world, first);
  });
});

describe('putBack', () => {
  it('gives a file its name back, durably, and does nothing the second time', async test => {
    const world = await leftLeaving(test);
    assert.equal(await world.spool.putBack(world.left), true);
    const operations = world.files.calls.slice(-3).map(({ operation }) => operation);
    assert.deepEqual(operations, ['link', 'syncFolder', 'remove']);
    assert.equal(await world.spool.putBack(world.left), true);
    await hasAlone(world, first);
  });

  it('keeps a document whose name another has until that is free', async test => {
    const world = await leftLeaving(test);
    await spoolDocument(world, later);
    assert.equal(await world.spool.putBack(world.left), false);
    assert.deepEqual(await payloadOf(world, id), later);
    await world.spool.remove(id, () => true);
    assert.equal(await world.spool.putBack(world.left), true);
    await hasAlone(world, first);
  });

  it('drops a receipt whose name a document has', async test => {
    const world = await leftLeaving(test, { as: 'receipt' });
    await spoolDocument(world, later);
    assert.equal(await world.spool.putBack(world.left), true);
    await hasAlone(world, later);
  });

  it('believes that the name is its own when the server says that it is taken (failures.md 35)', async test => {
    const world = await leftLeaving(test);
    world.files.disturb('link', { kind: 'lies', code: 'EEXIST' });
    assert.equal(await world.spool.putBack(world.left), true);
    await hasAlone(world, first);
  });

  for (const damaged of ['the one that waits', 'the one that has the name'] as const) {
    it(`compares nothing with a damaged file: ${damaged}`, async test => {
      const world = await leftLeaving(test);
      await spoolDocument(world, first);
      await writeFile(damaged === 'the one that waits' ? world.left.path : world.pathOf(id), 'torn');
      assert.equal(await world.spool.putBack(world.left), false);
    });
  }
});
