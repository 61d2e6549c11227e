import assert from 'node:assert/strict';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { keyedDocumentId } from '../../domain/document-id.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld, sweepTimes, type StoringWorld } from './storing-world.ts';

const { afterMs, orphanAfterMs } = sweepTimes;
/** Long enough for the sweeper, also where this machine took a minute to write the files. */
const longMs = afterMs + 60_000;
const day = 24 * 3_600_000;

/** A document whose message was lost, old enough to be swept. */
async function forgotten(world: StoringWorld, key = 'key-1') {
  const message = await world.accept({ key });
  world.clock.advance(longMs);
  return message;
}

/** An upload that nobody finished, last written to so long ago. */
async function leaveUpload({ paths }: StoringWorld, { agoMs }: { agoMs: number }): Promise<void> {
  const upload = join(paths.spool, 'incoming', 'unfinished');
  await writeFile(upload, 'half');
  const at = new Date(Date.now() - agoMs);
  await utimes(upload, at, at);
}

/** A receipt that a sweeper has seen. */
async function seenReceipt(world: StoringWorld) {
  const message = await world.accept();
  await storeDocument(world.process(), message, 0);
  world.clock.advance(longMs);
  const sweeper = world.sweeperOf();
  await sweeper.round();
  const { document } = message;
  return { document, sweeper, folder: join(world.paths.spool, 'documents', document.slice(-1)) };
}

describe('sweeper, who may', () => {
  for (const role of ['candidate', 'retiring', undefined] as const) {
    it(`not when our release's role is ${role ?? 'unknown'}`, async test => {
      const world = await storingWorld(test);
      await forgotten(world);
      assert.equal(await world.sweeperOf({ role: () => role }).round(), undefined);
      assert.deepEqual(world.republished(), []);
    });
  }

  it('one of two, and the other when the lease has ended by the database’s clock', async test => {
    const world = await storingWorld(test);
    const [first, second] = [world.sweeperOf(), world.sweeperOf({ cluster: 'even' })];
    assert.ok(await first.round());
    assert.equal(await second.round(), undefined);
    world.clock.advance(3_600_000);
    assert.equal(await second.round(), undefined);
    world.database.server.now += 10_001;
    assert.ok(await second.round());
    assert.equal(await first.round(), undefined);
  });

  it('no longer once the lease went to another in the middle of a round', async test => {
    const world = await storingWorld(test);
    const first = world.sweeperOf({
      meanwhile: async () => {
        if (world.clock.monotonic() > 0) return;
        world.clock.advance(longMs);
        world.database.server.now += 10_001;
        await world.sweeperOf({ cluster: 'even' }).round();
      },
    });
    for (let n = 0; n < 20; n++) await world.accept({ key: `key-${n}` });
    const counts = await first.round();
    assert.equal(counts?.republished, 0);
  });
});

describe('sweeper, the spool', () => {
  it('publishes what lies too long, not before, and not again before its back-off ends', async test => {
    const world = await storingWorld(test);
    const { document, acceptedAt } = await world.accept();
    const sweeper = world.sweeperOf();
    assert.equal((await sweeper.round())?.republished, 0);
    world.clock.advance(longMs);
    const counts = [];
    for (let second = 0; second < 240; second += 30) {
      counts.push((await sweeper.round())?.republished);
      world.clock.advance(30_001);
    }
    assert.deepEqual(counts, [1, 1, 0, 1, 0, 0, 0, 1]);
    assert.deepEqual(world.republished()[0], {
      ...{ kind: 'document.accepted', schema: 1, document, version: 1, generation: 0, acceptedAt },
    });
  });

  it('publishes 200 a round at the most, and the others in the next', async test => {
    const world = await storingWorld(test);
    for (let n = 0; n < 205; n++) await world.accept({ key: `key-${n}` });
    world.clock.advance(longMs);
    const sweeper = world.sweeperOf();
    assert.equal((await sweeper.round())?.republished, 200);
    assert.equal((await sweeper.round())?.republished, 5);
    assert.equal(new Set(world.republished().map(({ document }) => document)).size, 205);
  });

  it('waits while the broker that has the message still delivers older ones', async test => {
    const world = await storingWorld(test);
    const { acceptedAt } = await forgotten(world);
    world.brokers.inject('odd', 'document.accepted', { payload: Buffer.from('an older one') });
    let newest = Date.parse(acceptedAt) - 1;
    const sweeper = world.sweeperOf({}, () => newest);
    assert.equal((await sweeper.round())?.republished, 0);
    newest = Date.parse(acceptedAt);
    assert.equal((await sweeper.round())?.republished, 1);
  });

  it('does not wait for a broker that is away', async test => {
    const world = await storingWorld(test);
    await forgotten(world);
    world.brokers.inject('odd', 'document.accepted', { payload: Buffer.from('an older one') });
    world.brokers.setDown('odd', true);
    assert.equal((await world.sweeperOf().round())?.republished, 1);
  });

  it('leaves what is parked alone', async test => {
    const world = await storingWorld(test);
    const message = await forgotten(world);
    await storeDocument(world.process({ role: () => undefined }), message, 0);
    const row = await world.row(message.document);
    assert.ok(row);
    await world.documents.change(row, { state: 'parked', reason: 'attempts_exhausted' });
    assert.equal((await world.sweeperOf().round())?.republished, 0);
  });

  it('publishes a replay with its generation', async test => {
    const world = await storingWorld(test);
    const message = await forgotten(world);
    await storeDocument(world.process({ role: () => undefined }), message, 0);
    const row = await world.row(message.document);
    assert.ok(row);
    await world.documents.change(row, { state: 'storing', generation: 3 });
    await world.sweeperOf().round();
    assert.equal(world.republished()[0]?.generation, 3);
  });

  it('leaves what a later release stored alone, and finishes what its own did as a candidate', async test => {
    const world = await storingWorld(test);
    const message = await forgotten(world);
    await storeDocument(world.process({ release: '43', role: () => 'candidate' }), message, 0);
    assert.equal((await world.sweeperOf({ release: '42' }).round())?.republished, 0);
    world.database.server.now += 10_001;
    assert.equal((await world.sweeperOf({ release: '43' }).round())?.republished, 1);
  });

  it('has a damaged spool file parked, and is not stopped by it', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept({ key: 'damaged' });
    await writeFile(join(world.paths.spool, 'documents', document.slice(-1), document), 'torn');
    await forgotten(world, 'whole');
    world.clock.advance(1_000);
    assert.equal((await world.sweeperOf().round())?.republished, 2);
    const message = world.republished().find(published => published.document === document);
    assert.ok(message);
    await storeDocument(world.process(), message, 0);
    assert.equal((await world.row(document))?.reason, 'spool_corrupt');
    world.clock.advance(day);
    world.database.server.now += day;
    await world.sweeperOf().round();
    assert.equal(world.republished().filter(published => published.document === document).length, 1);
  });

  it('keeps a receipt for seven days', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process(), message, 0);
    const sweeper = world.sweeperOf();
    for (const passed of [day, 6 * day - 1_000]) {
      world.clock.advance(passed);
      await sweeper.round();
      assert.equal(await world.spooled(message.document), 'receipt: stored');
    }
    world.clock.advance(2_000);
    await sweeper.round();
    assert.equal(await world.spooled(message.document), 'none');
  });

  it('lists a folder of receipts once, and again when its names have changed', async test => {
    const world = await storingWorld(test);
    const first = await world.accept();
    await storeDocument(world.process(), first, 0);
    const sweeper = world.sweeperOf();
    const folder = join(world.paths.spool, 'documents', first.document.slice(-1));
    const listed = () => world.files.calls.filter(call => call.operation === 'list' && call.path === folder);
    await sweeper.round();
    world.clock.advance(longMs);
    await sweeper.round();
    // The receipt was young in the first round: its folder might still have changed unseen.
    assert.equal(listed().length, 2);
    await sweeper.round();
    assert.equal(listed().length, 2);
    await writeFile(join(folder, 'a new name'), '');
    await sweeper.round();
    assert.equal(listed().length, 3);
  });

  it('looks at a receipt in a busy folder once in ten minutes, not in every round', async test => {
    const world = await storingWorld(test);
    const { folder, sweeper, document } = await seenReceipt(world);
    const looks = () =>
      world.files.calls.filter(({ operation, path }) => operation === 'state' && path.endsWith(document))
        .length;
    const before = looks();
    for (let round = 0; round < 9; round++) {
      await writeFile(join(folder, `somebody is busy ${round}`), '');
      await sweeper.round();
      world.clock.advance(60_000);
    }
    assert.equal(looks() - before, 0);
    world.clock.advance(60_000);
    await writeFile(join(folder, 'somebody is busy'), '');
    await sweeper.round();
    assert.equal(looks() - before, 1);
  });

  it('finds a document that took a believed receipt’s name, ten minutes later at the latest', async test => {
    const world = await storingWorld(test);
    const { sweeper, document } = await seenReceipt(world);
    // Its vault file was lost: the paper is to be sent again, and is.
    await world.spool.remove(document, () => true);
    await world.accept({ text: 'new bytes' });
    for (let minute = 0; minute < 9; minute++) {
      world.clock.advance(60_000);
      assert.equal((await sweeper.round())?.republished, 0);
    }
    world.clock.advance(60_000);
    assert.equal((await sweeper.round())?.republished, 1);
    assert.deepEqual(
      world.republished().map(message => message.document),
      [document],
    );
  });

  it('lists a folder no more once all its receipts were seen since its last change', async test => {
    const world = await storingWorld(test);
    const { folder, sweeper, document } = await seenReceipt(world);
    await writeFile(join(folder, 'somebody was busy'), '');
    const listed = () => world.files.calls.filter(call => call.operation === 'list' && call.path === folder);
    await sweeper.round();
    world.clock.advance(600_000);
    await sweeper.round();
    const before = listed().length;
    await sweeper.round();
    assert.equal(listed().length, before);
    world.clock.advance(7 * day);
    await sweeper.round();
    assert.equal(await world.spooled(document), 'none');
  });

  it('does not take a key’s new document for the receipt that it remembers', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process(), message, 0);
    const sweeper = world.sweeperOf();
    world.clock.advance(day);
    await sweeper.round();
    world.clock.advance(7 * day);
    // Another sweeper removed the receipt, and the key was used again.
    await world.spool.remove(message.document, () => true);
    await world.accept({ text: 'new bytes' });
    await sweeper.round();
    assert.equal(await world.spooled(message.document), 'payload');
  });

  it('does all the rest of its round when a folder cannot be read', async test => {
    const world = await storingWorld(test);
    const told = await world.accept({ key: 'stored' });
    await storeDocument(world.process(), told, 0);
    const { document } = await forgotten(world);
    await leaveUpload(world, { agoMs: 3_601_000 });
    world.clock.advance(3_600_000);
    const broken = join(world.paths.spool, 'documents', document.endsWith('0') ? '1' : '0');
    await rm(broken, { recursive: true });
    const counts = await world.sweeperOf().round();
    assert.deepEqual(counts, { republished: 1, renotified: 1, orphansReaped: 0, incomingReaped: 1 });
    await mkdir(broken);
  });

  it('is not stopped by a file that cannot be read', async test => {
    const world = await storingWorld(test);
    const ofOneFolder = Array.from({ length: 100 }, (_, n) => `key-${n}`).filter(key =>
      keyedDocumentId({ owner: 'driver-1', key }).endsWith('7'),
    );
    for (const key of ofOneFolder) await world.accept({ key });
    world.clock.advance(longMs);
    world.files.disturb('read', { kind: 'fails', code: 'EIO' }, 1);
    const sweeper = world.sweeperOf();
    assert.equal((await sweeper.round())?.republished, ofOneFolder.length - 1);
    assert.equal((await sweeper.round())?.republished, 1);
  });
});

describe('sweeper, the vault and uploads', () => {
  it('reaps a file only when a row names another, no payload waits, and it is old', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ role: () => undefined }), message, 0);
    const row = await world.row(message.document);
    assert.ok(row);
    const bytes = (async function* () {})();
    await world.vault.write(row, { bytes, url: 'https://parity.test' });
    const sweeper = world.sweeperOf();
    world.clock.advance(orphanAfterMs - 60_000);
    await storeDocument(world.process(), message, 0);
    assert.equal((await sweeper.round())?.orphansReaped, 0);
    world.clock.advance(120_000);
    assert.equal((await sweeper.round())?.orphansReaped, 1);
    assert.deepEqual(
      (await world.vaultFiles()).map(({ file }) => file),
      [row.file],
    );
  });

  it('leaves a file alone while the payload waits, and one without any row', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ role: () => undefined }), message, 0);
    const row = await world.row(message.document);
    assert.ok(row);
    const write = (document: typeof message.document) =>
      world.vault.write({ ...row, document }, { bytes: (async function* () {})(), url: 'https://a' });
    await write(message.document);
    await write((await world.accept({ key: 'no row' })).document);
    world.clock.advance(2 * orphanAfterMs);
    assert.equal((await world.sweeperOf().round())?.orphansReaped, 0);
    assert.equal((await world.vaultFiles()).length, 3);
  });

  it('deletes uploads that nobody finished, after an hour', async test => {
    const world = await storingWorld(test);
    await leaveUpload(world, { agoMs: 3_590_000 });
    world.clock.advance(3_600_000);
    assert.equal((await world.sweeperOf().round())?.incomingReaped, 0);
    await leaveUpload(world, { agoMs: 3_601_000 });
    world.database.server.now += 10_001;
    assert.equal((await world.sweeperOf().round())?.incomingReaped, 1);
  });
});
