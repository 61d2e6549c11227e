import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keyedDocumentId } from '../../../domain/document-id.ts';
import { mostGatheredBytes } from './incoming.ts';
import { buildManifest, payloadOf, spoolDocument, spoolWorld, type SpoolWorld } from './spool-world.ts';

const small = Buffer.from('%PDF-1.7 a receipt');
/** More than is gathered before it is written. */
const large = () => Buffer.alloc(300_000, 'parity');
const manifest = buildManifest(small);

async function sealed({ spool }: SpoolWorld) {
  const incoming = spool.receive();
  await incoming.write(small);
  await incoming.seal(manifest);
  return incoming;
}

const full = {
  code: 'spool_full',
  message: 'The spool is full: nothing was kept. Send the document again later, with the same key.',
  retryAfterS: 30,
};
const refuses = (code: string) => ({
  code: 'spool_unavailable',
  message: `The spool refuses (${code}): nothing was promised. Send the document again, with the same key.`,
  retryAfterS: 5,
});

describe('an upload', () => {
  it('is seen by nobody before it is published, and whole from then on', async test => {
    const world = await spoolWorld(test);
    const incoming = await sealed(world);
    assert.equal(await world.spool.find(manifest.id), undefined);
    assert.deepEqual(await readdir(dirname(world.pathOf(manifest.id))), []);
    assert.equal(await incoming.publish(), 'published');
    assert.deepEqual(await world.spool.find(manifest.id), manifest);
    assert.deepEqual(await payloadOf(world, manifest.id), small);
  });

  it('is durable before it has a name', async test => {
    const named = ['link', 'syncFolder', 'remove'];
    for (const [bytes, made] of [
      [small, ['createWhole']],
      [large(), ['create', 'write', 'write', 'sync', 'close']],
    ] as const) {
      const world = await spoolWorld(test);
      await spoolDocument(world, bytes);
      const order = world.files.calls.map(({ operation }) => operation);
      const last = [...made, ...named];
      assert.deepEqual(order.slice(-last.length), last);
    }
  });

  it('waits in memory only while all of them together have room there (failures.md 7)', async test => {
    const { files, spool } = await spoolWorld(test);
    // Of one memory, so that it is not given back.
    const part = Buffer.alloc(300_000).subarray(0, 250_000);
    const created = () => files.calls.filter(({ operation }) => operation === 'create').length;
    const waiting = Array.from({ length: 600 }, () => spool.receive());
    for (const incoming of waiting) await incoming.write(part);
    const most = Math.floor(mostGatheredBytes / part.length);
    assert.ok(created() >= 600 - most && created() < 600 - most + 5, `${created()} files`);
    await Promise.all(waiting.map(incoming => incoming.discard()));
    const before = created();
    const later = spool.receive();
    await later.write(part);
    assert.equal(created(), before);
    await later.discard();
  });

  it('cannot be published before it is sealed', async test => {
    const { spool } = await spoolWorld(test);
    const incoming = spool.receive();
    await assert.rejects(incoming.publish(), { name: 'TypeError', message: 'publish before seal' });
    await incoming.discard();
  });

  it('finds the winner when it is second', async test => {
    const world = await spoolWorld(test);
    const [first, second] = [await sealed(world), await sealed(world)];
    assert.equal(await first.publish(), 'published');
    assert.deepEqual(await second.publish(), manifest);
    await second.discard();
    assert.deepEqual(await payloadOf(world, manifest.id), small);
  });

  it('is published once however many try at once', async test => {
    const world = await spoolWorld(test);
    const all = await Promise.all(Array.from({ length: 20 }, () => sealed(world)));
    const results = await Promise.all(all.map(each => each.publish()));
    assert.equal(results.filter(result => result === 'published').length, 1);
    await Promise.all(all.map(each => each.discard()));
    assert.deepEqual(await world.incoming(), []);
  });

  it('takes its own name for its own when the server says it twice (failures.md 35)', async test => {
    const world = await spoolWorld(test);
    const incoming = await sealed(world);
    world.files.disturb('link', { kind: 'lies', code: 'EEXIST' }, 1);
    assert.deepEqual(await incoming.publish(), manifest);
  });

  it('gives up on a name that is taken and cannot be found', async test => {
    const world = await spoolWorld(test);
    const incoming = await sealed(world);
    world.files.disturb('link', { kind: 'fails', code: 'EEXIST' });
    await assert.rejects(incoming.publish(), refuses('EEXIST'));
  });

  it('gets the name when its holder goes away in that moment', async test => {
    const world = await spoolWorld(test);
    const incoming = await sealed(world);
    world.files.disturb('link', { kind: 'fails', code: 'EEXIST' }, 1);
    assert.equal(await incoming.publish(), 'published');
  });

  it('leaves nothing but the published name when it is discarded, and never rejects', async test => {
    const world = await spoolWorld(test);
    const incoming = await sealed(world);
    await incoming.publish();
    await incoming.discard();
    assert.deepEqual(await world.incoming(), []);
    assert.deepEqual(await payloadOf(world, manifest.id), small);
    const other = world.spool.receive();
    await other.write(large());
    world.files.disturb('close', { kind: 'lies', code: 'EIO' });
    world.files.disturb('remove', { kind: 'fails', code: 'EIO' });
    await other.discard();
  });
});

describe('an upload that the file system refuses', () => {
  for (const code of ['ENOSPC', 'EDQUOT'] as const) {
    it(`says at ${code} that the spool is full`, async test => {
      const world = await spoolWorld(test);
      const incoming = world.spool.receive();
      world.files.disturb('createWhole', { kind: 'fails', code });
      await incoming.write(small);
      await assert.rejects(incoming.seal(manifest), full);
      world.files.disturb('create', { kind: 'fails', code }, 1);
      await assert.rejects(world.spool.receive().write(large()), full);
      world.files.disturb('write', { kind: 'fails', code });
      await assert.rejects(world.spool.receive().write(large()), full);
    });
  }

  for (const code of ['EIO', 'EROFS', 'ESTALE'] as const) {
    it(`says at ${code} that the spool is unavailable`, async test => {
      const world = await spoolWorld(test);
      const incoming = world.spool.receive();
      world.files.disturb('write', { kind: 'fails', code });
      await assert.rejects(incoming.write(large()), refuses(code));
      await incoming.discard();
      assert.deepEqual(await world.incoming(), []);
    });
  }

  it('never syncs a file again whose sync failed, and deletes it (failures.md 10)', async test => {
    const world = await spoolWorld(test);
    const incoming = world.spool.receive();
    await incoming.write(large());
    world.files.disturb('sync', { kind: 'fails', code: 'EIO' }, 1);
    await assert.rejects(incoming.seal(buildManifest(large())), refuses('EIO'));
    await assert.rejects(incoming.publish(), { name: 'TypeError', message: 'publish before seal' });
    await incoming.discard();
    assert.equal(world.files.calls.filter(({ operation }) => operation === 'sync').length, 1);
    assert.deepEqual(await world.incoming(), []);
  });
});

describe('a payload', () => {
  it('comes back as it was, whatever chunks it came in', async test => {
    const world = await spoolWorld(test);
    let count = 0;
    const chunks = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 60 });
    const roundTrip = fc.asyncProperty(chunks, fc.nat(4), async (parts, factor) => {
      const all = parts.flatMap(part => Array.from({ length: 1 + factor * 20 }, () => part));
      const whole = Buffer.concat(all);
      const sent = buildManifest(whole, { id: keyedDocumentId({ owner: 'anna', key: `k${count++}` }) });
      const incoming = world.spool.receive();
      for (const chunk of all) await incoming.write(Uint8Array.from(chunk));
      assert.equal(incoming.bytes, whole.length);
      assert.equal(incoming.digest(), createHash('sha256').update(whole).digest('hex'));
      await incoming.seal(sent);
      assert.equal(await incoming.publish(), 'published');
      assert.deepEqual(await world.spool.find(sent.id), sent);
      assert.ok(whole.equals(await payloadOf(world, sent.id)));
    });
    await fc.assert(roundTrip, { numRuns: 40 });
  });
});
