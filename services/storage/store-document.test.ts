import assert from 'node:assert/strict';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { reusedKeyDocumentId, type DocumentId } from '../../domain/document-id.ts';
import { callWithinMs } from '../kit/bounded-files.ts';
import { replayDocument } from './replay-document.ts';
import { storeDocument } from './store-document.ts';
import { storeUntilDone, storingWorld, sweepTimes, type StoringWorld } from './storing-world.ts';

const done = { verdict: 'done' } as const;

/** A spool file's or vault file's place, known to the tests that damage one. */
const spoolPath = (world: StoringWorld, id: DocumentId) =>
  join(world.paths.spool, 'documents', id.slice(-1), id);

async function flipByte(path: string, position: number) {
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
  await file.write(Buffer.from([buffer.readUInt8(0) ^ 1]), 0, 1, position);
  await file.close();
}

async function damageVaultFile(world: StoringWorld, file: string) {
  const path = join(world.paths.vault, file.slice(35, 36), file);
  await flipByte(path, (await stat(path)).size - 40);
}

describe('storeDocument', () => {
  it('stores, announces, proves, and leaves a receipt', async test => {
    const world = await storingWorld(test);
    const message = await world.accept({ name: 'a.jpg' });
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    const row = await world.row(message.document);
    assert.equal(row?.state, 'stored');
    assert.equal(row.mediaType, 'image/jpeg');
    assert.deepEqual(
      row.events.map(({ state, by }) => [state, by]),
      [
        ['accepted', 'odd/42'],
        ['stored', 'odd/42'],
      ],
    );
    assert.equal(await world.storedHash(message.document), row.sha256);
    assert.equal(world.announced().length, 1);
    assert.equal(await world.spooled(message.document), 'receipt: stored');
  });

  it('is refused in time while the vault hangs, and stores once it goes on (failures.md 34)', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    world.files.disturb('sync', { kind: 'hangs' });
    const storing = assert.rejects(storeDocument(world.process(), message, 0), {
      code: 'vault_unavailable',
      message: 'The vault refuses (ETIMEDOUT): try again later.',
    });
    while (world.files.calls.every(({ operation }) => operation !== 'sync')) await nextTurn();
    const passing = setInterval(() => world.clock.advance(callWithinMs), 1);
    test.after(() => clearInterval(passing));
    await storing;
    clearInterval(passing);
    assert.equal(await world.spooled(message.document), 'payload');
    world.files.calm();
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    assert.equal(await world.spooled(message.document), 'receipt: stored');
  });

  it('does nothing new when the message comes again', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process(), message, 0);
    const before = await world.row(message.document);
    assert.deepEqual(await storeDocument(world.process({ cluster: 'even' }), message, 1), done);
    assert.deepEqual(await world.row(message.document), before);
    assert.equal((await world.vaultFiles()).length, 1);
  });

  it('does not announce again what its owner was told', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process(), message, 0);
    const row = await world.row(message.document);
    assert.ok(row);
    await world.documents.change(row, { state: 'notified' });
    await storeDocument(world.process(), message, 1);
    assert.equal(world.announced().length, 1);
  });

  it('rejects what it does not take, with the reason, and forgets the bytes', async test => {
    const world = await storingWorld(test);
    const message = await world.accept({ bytes: Buffer.from('#!/bin/sh') });
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason], ['rejected', 'unsupported_type']);
    assert.equal(await world.spooled(message.document), 'receipt: rejected');
    assert.deepEqual(world.announced(), []);
  });

  it('parks what does not hash to what was accepted, and keeps the bytes', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await flipByte(spoolPath(world, message.document), 8);
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason, row?.file], ['parked', 'spool_corrupt', undefined]);
    assert.equal(await world.spooled(message.document), 'payload');
    assert.deepEqual(await world.vaultFiles(), []);
  });

  it('rejects with database_unavailable while the database is away, and stores afterwards', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    world.database.server.faults.down = true;
    await assert.rejects(storeDocument(world.process(), message, 0), {
      code: 'database_unavailable',
      message: 'The database does not answer (read documents); try again later.',
    });
    world.database.server.faults.down = false;
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
  });

  it('settles an insert whose answer was lost as its own', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    world.database.server.faults.loseAnswerOf = 1;
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    const [file] = await world.vaultFiles();
    assert.equal((await world.row(message.document))?.file, file?.file);
  });
});

describe('storeDocument without a spool file', () => {
  it('looks three times, then says visibly that the document is lost', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await world.spool.remove(message.document, () => true);
    for (const attempts of [0, 1]) {
      assert.deepEqual(await storeDocument(world.process(), message, attempts), {
        verdict: 'retry',
        reason: 'no spool file',
        counts: true,
      });
      assert.equal(await world.row(message.document), undefined);
    }
    assert.deepEqual(await storeDocument(world.process(), message, 2), done);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason, row?.owner], ['lost', 'spool_file_missing', 'unknown']);
    assert.deepEqual(world.errors, [{ document: message.document, alarm: 'document_lost' }]);
  });

  it('stores a lost document after all when its app has sent it again', async test => {
    const world = await storingWorld(test);
    const message = await world.accept({ key: 'k1' });
    await world.spool.remove(message.document, () => true);
    await storeUntilDone(world.process(), message);
    assert.deepEqual(await storeDocument(world.process(), await world.accept({ key: 'k1' }), 0), done);
    const row = await world.row(message.document);
    assert.deepEqual(
      [row?.state, row?.reason, row?.owner, row?.generation],
      ['stored', undefined, 'driver-1', 1],
    );
    assert.equal(await world.storedHash(message.document), row?.sha256);
    assert.equal(world.announced().length, 1);
  });

  it('is done when the row says that all is done', async test => {
    const world = await storingWorld(test);
    const message = await world.accept({ bytes: Buffer.from('no photo') });
    await storeDocument(world.process(), message, 0);
    await world.spool.remove(message.document, () => true);
    assert.deepEqual(await storeDocument(world.process(), message, 7), done);
    assert.equal((await world.row(message.document))?.state, 'rejected');
    assert.deepEqual(world.errors, []);
  });

  it('does not cry wolf when another process settles between its two looks', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    let calls = 0;
    const meanwhile = async () => {
      if (++calls === 2) await storeDocument(world.process({ cluster: 'even' }), message, 0);
    };
    assert.deepEqual(await storeDocument(world.process({ meanwhile }), message, 5), done);
    assert.deepEqual(world.errors, []);
    assert.equal((await world.row(message.document))?.state, 'stored');
  });
});

describe('storeDocument, a key used again after its life', () => {
  const key = 'key-1';

  async function reused(world: StoringWorld) {
    const first = await world.accept({ key, text: 'old' });
    await storeDocument(world.process(), first, 0);
    await world.spool.remove(first.document, () => true);
    const row = await world.row(first.document);
    const second = await world.accept({ key, text: 'new' });
    const id = reusedKeyDocumentId({
      id: second.document,
      sha256: (await world.spool.find(second.document))!.sha256,
    });
    return { row, second, id };
  }

  it('parks the new bytes under an id of their own and leaves the old row alone', async test => {
    const world = await storingWorld(test);
    const { row, second, id } = await reused(world);
    assert.deepEqual(await storeDocument(world.process(), second, 0), done);
    assert.deepEqual(await world.row(second.document), row);
    const parked = await world.row(id);
    assert.deepEqual([parked?.state, parked?.reason, parked?.owner], ['parked', 'key_reused', 'driver-1']);
    assert.equal(await world.spooled(id), 'payload');
    assert.equal(await world.spooled(second.document), 'none');
  });

  it('parks them once, however often the message comes', async test => {
    const world = await storingWorld(test);
    const { second, id } = await reused(world);
    await storeDocument(world.process(), second, 0);
    const parked = await world.row(id);
    await world.accept({ key, text: 'new' });
    await storeDocument(world.process({ cluster: 'even' }), second, 1);
    assert.deepEqual(await world.row(id), parked);
    assert.equal(await world.documents.count({ owner: 'driver-1' }), 2);
  });

  it('never removes what the key was used for since', async test => {
    const world = await storingWorld(test);
    const { second } = await reused(world);
    let isRow = false;
    const meanwhile = async () => {
      if (isRow || (await world.documents.count({ reason: 'key_reused' })) === 0) return;
      isRow = true;
      await world.spool.remove(second.document, () => true);
      await world.accept({ key, text: 'newest' });
    };
    await storeDocument(world.process({ meanwhile }), second, 0);
    assert.ok(isRow);
    assert.equal(await world.spooled(second.document), 'payload');
  });
});

describe('storeDocument, replays and restoration', () => {
  async function parked(world: StoringWorld) {
    const message = await world.accept();
    const path = spoolPath(world, message.document);
    await flipByte(path, 8);
    await storeDocument(world.process(), message, 0);
    await flipByte(path, 8);
    return message;
  }

  async function replayed(world: StoringWorld) {
    const message = await parked(world);
    const row = await world.row(message.document);
    assert.ok(row);
    await world.documents.change(row, { state: 'storing', generation: 1, reason: undefined });
    return message;
  }

  it('stores what is replayed', async test => {
    const world = await storingWorld(test);
    const message = await replayed(world);
    await storeDocument(world.process(), { ...message, generation: 1 }, 0);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.generation, row?.reason], ['stored', 1, undefined]);
    assert.equal(row?.events.at(-1)?.note, 'stored again');
    assert.equal(await world.storedHash(message.document), row?.sha256);
  });

  it('stores a document whose spool file could not even be read and was repaired', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    const path = spoolPath(world, message.document);
    const footer = (await stat(path)).size - 1;
    await flipByte(path, footer);
    await storeDocument(world.process(), message, 0);
    await flipByte(path, footer);
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason, row?.owner], ['parked', 'spool_corrupt', 'unknown']);
    const { generation } = await replayDocument(world.process(), message, 'anna');
    assert.deepEqual(await storeDocument(world.process(), { ...message, generation }, 0), done);
    const stored = await world.row(message.document);
    assert.deepEqual([stored?.state, stored?.owner, stored?.name], ['stored', 'driver-1', 'photo.jpg']);
    assert.equal(await world.storedHash(message.document), stored?.sha256);
    assert.equal(await world.documents.count({}), 1);
  });

  it('does not let a message from before the replay do anything', async test => {
    const world = await storingWorld(test);
    const message = await replayed(world);
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    assert.equal((await world.row(message.document))?.state, 'storing');
    assert.deepEqual(await world.vaultFiles(), []);
  });

  it('leaves what is parked to a person', async test => {
    const world = await storingWorld(test);
    const message = await parked(world);
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    assert.equal((await world.row(message.document))?.state, 'parked');
  });

  it('says that a replay whose spool file is gone is lost', async test => {
    const world = await storingWorld(test);
    const message = await replayed(world);
    await world.spool.remove(message.document, () => true);
    await storeUntilDone(world.process(), { ...message, generation: 1 });
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason, row?.owner], ['lost', 'spool_file_missing', 'driver-1']);
  });

  it('finds a corrupt vault file at the proof and stores the document again', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ role: () => 'candidate' }), message, 0);
    const before = await world.row(message.document);
    await damageVaultFile(world, before?.file ?? '');
    const first = await storeDocument(world.process(), message, 0);
    assert.deepEqual(first, {
      verdict: 'retry',
      reason: 'the vault file does not decrypt to what was accepted',
      counts: true,
    });
    assert.equal((await world.row(message.document))?.state, 'corrupt');
    assert.equal(world.errors[0]?.['alarm'], 'document_corrupt');
    assert.deepEqual(await storeDocument(world.process(), message, 1), done);
    const row = await world.row(message.document);
    assert.equal(row?.state, 'stored');
    assert.notEqual(row.file, before?.file);
    assert.equal(await world.spooled(message.document), 'receipt: stored');
  });

  it('finds a vault file that is gone, too', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ role: () => 'candidate' }), message, 0);
    const file = (await world.row(message.document))?.file ?? '';
    await rm(join(world.paths.vault, file.slice(35, 36), file));
    await storeUntilDone(world.process(), message);
    assert.equal(await world.storedHash(message.document), (await world.row(message.document))?.sha256);
  });
});

describe('storeDocument, who lets go of the spool file', () => {
  for (const role of ['candidate', 'retiring', undefined] as const) {
    it(`not a release whose role is ${role ?? 'unknown'}; the live one later does`, async test => {
      const world = await storingWorld(test);
      const message = await world.accept();
      await storeDocument(world.process({ role: () => role }), message, 0);
      assert.equal(await world.spooled(message.document), 'payload');
      assert.equal((await world.row(message.document))?.state, 'stored');
      await storeDocument(world.process({ role: () => 'live' }), message, 0);
      assert.equal(await world.spooled(message.document), 'receipt: stored');
    });
  }

  it('not the live release in its own bake, for it may be taken back; but of what the one before stored', async test => {
    const world = await storingWorld(test);
    const [own, older] = [await world.accept({ key: 'own' }), await world.accept({ key: 'older' })];
    const baking = world.process({ release: '43', proven: '42' });
    await storeDocument(world.process({ release: '42', role: () => 'retiring' }), older, 0);
    for (const message of [own, older]) await storeDocument(baking, message, 0);
    assert.equal(await world.spooled(own.document), 'payload');
    assert.equal(await world.spooled(older.document), 'receipt: stored');
    world.clock.advance(sweepTimes.afterMs + 1);
    await world.sweeperOf({ release: '43', proven: '42' }).round();
    assert.deepEqual(world.republished(), []);
    await storeDocument(world.process({ release: '43' }), own, 0);
    assert.equal(await world.spooled(own.document), 'receipt: stored');
  });

  it('not the live release while a later one has stored it, for that may be taken back', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ release: '43', role: () => 'candidate' }), message, 0);
    await storeDocument(world.process({ release: '42' }), message, 0);
    assert.equal(await world.spooled(message.document), 'payload');
    await storeDocument(world.process({ release: '44' }), message, 0);
    assert.equal(await world.spooled(message.document), 'receipt: stored');
  });
});
