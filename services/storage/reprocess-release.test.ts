import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { DocumentId } from '../../domain/document-id.ts';
import type { AcceptedMessage } from '../../domain/messages.ts';
import { wrongBytesVault } from '../demonstration/wrong-bytes-vault.ts';
import { moveDocument } from '../kit/document-row.ts';
import { handlersWorld, json } from './handlers-world.ts';
import { reprocessRelease } from './reprocess-release.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld, sweepTimes, type StoringWorld, type TestProcess } from './storing-world.ts';

const asked = { release: '43', after: null, who: 'ada' };
const nothing = { redone: 0, unchanged: 0, impossible: [] };

/** A world in which release 43, a candidate, has stored documents right and wrong; 42 is live. */
async function aBadRelease(test: TestContext) {
  const world = await storingWorld(test);
  const bad = world.process({ release: '43', proven: '42', role: () => 'candidate' });
  const stored =
    (vault = bad.vault) =>
    async (key: string) => {
      const message = await world.accept({ key, text: key });
      await storeDocument({ ...bad, vault }, message, 0);
      world.clock.advance(1);
      return message;
    };
  return {
    ...world,
    right: stored(),
    wrong: stored(wrongBytesVault(bad.vault)),
    live: (own: TestProcess = {}) => world.process({ release: '42', ...own }),
  };
}

async function isRight(world: StoringWorld, document: DocumentId): Promise<boolean> {
  return (await world.storedHash(document)) === (await world.row(document))?.sha256;
}

async function notified(world: StoringWorld, { document }: AcceptedMessage) {
  const row = await world.row(document);
  assert.ok(row !== undefined);
  await moveDocument(world.documents, row, { to: 'notified', by: 'odd/43', at: new Date(world.clock.now()) });
}

describe('reprocessRelease', () => {
  it('stores again what was stored wrong, the same version, and has nobody told a second time', async test => {
    const world = await aBadRelease(test);
    const message = await world.wrong('key-1');
    await notified(world, message);
    assert.equal(await isRight(world, message.document), false);
    const announced = world.announced().length;
    assert.deepEqual(await reprocessRelease(world.live(), asked), { ...nothing, redone: 1 });
    assert.equal(await isRight(world, message.document), true);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.version, row?.generation, row?.release], ['notified', 1, 0, '42']);
    const { by, note } = row?.events.at(-1) ?? {};
    assert.deepEqual([by, note], ['ada', 'stored again: release 43 had stored it wrong']);
    assert.equal(world.announced().length, announced);
  });

  it('leaves alone what was stored right, and has nothing to look at when it comes again', async test => {
    const world = await aBadRelease(test);
    const { document } = await world.right('key-1');
    const file = (await world.row(document))?.file;
    await world.wrong('key-2');
    assert.deepEqual(await reprocessRelease(world.live(), asked), { ...nothing, redone: 1, unchanged: 1 });
    assert.equal((await world.row(document))?.file, file);
    assert.deepEqual(await reprocessRelease(world.live(), asked), nothing);
  });

  it('has the payload go afterwards as any other does, and the wrong file with it', async test => {
    const world = await aBadRelease(test);
    const messages = [await world.right('key-1'), await world.wrong('key-2')];
    const sweeper = world.sweeperOf({ release: '42' });
    world.clock.advance(sweepTimes.orphanAfterMs + 1);
    await sweeper.round();
    assert.deepEqual(world.republished(), []);
    assert.equal((await world.vaultFiles()).length, 2);
    await reprocessRelease(world.live(), asked);
    await sweeper.round();
    assert.equal(world.republished().length, 2);
    for (const message of world.republished()) await storeDocument(world.live(), message, 0);
    for (const { document } of messages) assert.equal(await world.spooled(document), 'receipt: stored');
    world.clock.advance(sweepTimes.orphanAfterMs + 1);
    await sweeper.round();
    assert.equal((await world.vaultFiles()).length, 2);
    for (const { document } of messages) assert.equal(await isRight(world, document), true);
  });

  it('says of a document that it cannot put right why, and has nobody read it any more', async test => {
    const world = await aBadRelease(test);
    const [gone, damaged, reused] = [
      await world.wrong('gone'),
      await world.wrong('damaged'),
      await world.wrong('reused'),
    ];
    await world.spool.remove(gone.document, () => true);
    const path = join(world.paths.spool, 'documents', damaged.document.slice(35), damaged.document);
    await writeFile(path, 'nonsense');
    await world.spool.remove(reused.document, () => true);
    await world.accept({ key: 'reused', text: 'other bytes' });
    for (let run = 0; run < 2; run++) {
      const { impossible, ...counts } = await reprocessRelease(world.live(), asked);
      assert.deepEqual(counts, { redone: 0, unchanged: 0 });
      assert.deepEqual(Object.fromEntries(impossible.map(({ document, why }) => [document, why])), {
        [gone.document]: 'Its payload is no longer in the spool.',
        [damaged.document]: 'Its spool file is damaged.',
        [reused.document]: 'The spool has other bytes, sent under its key since.',
      });
    }
    for (const { document } of [gone, damaged, reused]) {
      assert.equal((await world.row(document))?.state, 'corrupt');
    }
    assert.equal(world.errors.filter(({ alarm }) => alarm === 'document_corrupt').length, 6);
  });

  it('puts right what was found corrupt before', async test => {
    const world = await aBadRelease(test);
    const message = await world.wrong('key-1');
    const row = await world.row(message.document);
    assert.ok(row !== undefined);
    await moveDocument(world.documents, row, { to: 'corrupt', by: 'odd/42', at: new Date() });
    assert.deepEqual(await reprocessRelease(world.live(), asked), { ...nothing, redone: 1 });
    assert.equal((await world.row(message.document))?.state, 'stored');
    assert.equal(await isRight(world, message.document), true);
  });

  it('looks at nothing that another release stored', async test => {
    const world = await aBadRelease(test);
    const message = await world.accept({ key: 'key-1' });
    await storeDocument(world.live(), message, 0);
    assert.deepEqual(await reprocessRelease(world.live(), asked), nothing);
  });

  for (const role of ['candidate', 'retiring', undefined] as const) {
    it(`is nothing for a release whose role is ${role ?? 'unknown'}`, async test => {
      const world = await aBadRelease(test);
      await assert.rejects(reprocessRelease(world.live({ role: () => role }), asked), {
        code: 'release_refused',
        message: /^Only the live release reprocesses, and 42 is not/,
      });
    });
  }

  it('is nothing that a release does to itself, nor to what is no release', async test => {
    const world = await aBadRelease(test);
    await assert.rejects(reprocessRelease(world.live(), { ...asked, release: '42' }), {
      code: 'release_refused',
      message: /^Release 42 would do again what it did/,
    });
    await assert.rejects(reprocessRelease(world.live(), { ...asked, release: 'all' }), {
      code: 'invalid_request',
      message: /"all" is no release/,
    });
  });
});

describe('reprocessRelease, page by page', () => {
  it('ends a page when it has taken long, and goes on from there', async test => {
    const world = await aBadRelease(test);
    for (const key of ['key-1', 'key-2', 'key-3']) await world.wrong(key);
    const slow = world.live({ meanwhile: async () => world.clock.advance(2_000) });
    let pages = 0;
    let redone = 0;
    let after: string | null = null;
    do {
      const page = await reprocessRelease(slow, { ...asked, after });
      pages += 1;
      redone += page.redone;
      after = page.next ?? null;
    } while (after !== null);
    assert.deepEqual([pages, redone], [3, 3]);
  });
});

describe('reprocessRelease, whoever dies or comes at once', () => {
  it('at the worst leaves a file that no row names, and the next run does the rest', async test => {
    const world = await aBadRelease(test);
    const { document } = await world.wrong('key-1');
    class Died extends Error {}
    const dying = world.live({
      reach: () => {
        throw new Died();
      },
    });
    await assert.rejects(reprocessRelease(dying, asked), Died);
    assert.equal((await world.vaultFiles()).length, 2);
    assert.equal(await isRight(world, document), false);
    assert.deepEqual(await reprocessRelease(world.live(), asked), { ...nothing, redone: 1 });
    assert.equal(await isRight(world, document), true);
  });

  it('redoes a document that changes in the meantime, and keeps that change', async test => {
    const world = await aBadRelease(test);
    const message = await world.wrong('key-1');
    let change: (() => Promise<void>) | undefined;
    const disturbed = world.live({
      reach: () => (change = () => notified(world, message)),
      meanwhile: async () => {
        const now = change;
        change = undefined;
        if (now !== undefined && (await world.row(message.document))?.state === 'stored') await now();
      },
    });
    assert.deepEqual(await reprocessRelease(disturbed, asked), { ...nothing, redone: 1 });
    assert.equal((await world.row(message.document))?.state, 'notified');
    assert.equal(await isRight(world, message.document), true);
    // The wrong one, for the reaper; whoever lost to the change removed his own.
    assert.equal((await world.vaultFiles()).length, 2);
  });

  it('redoes each document once when both clusters are asked', async test => {
    const world = await aBadRelease(test);
    for (const key of ['key-1', 'key-2']) await world.wrong(key);
    const results = await Promise.all(
      (['odd', 'even'] as const).map(cluster => reprocessRelease(world.live({ cluster }), asked)),
    );
    assert.equal(
      results.reduce((sum, { redone }) => sum + redone, 0),
      2,
    );
    assert.equal((await world.vaultFiles()).length, 4);
  });
});

describe('the route of reprocess', () => {
  it('answers with the counts, and says who asked in the document’s story', async test => {
    const world = await handlersWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ release: '43', role: () => 'candidate' }), message, 0);
    const answer = await world.handlers.reprocess(
      world.call({ release: '43' }, { user: 'ada', roles: ['admin'], query: 'after=9' }),
    );
    assert.deepEqual(await json(answer), { redone: 0, unchanged: 1, impossible: [] });
    assert.equal((await world.row(message.document))?.events.at(-1)?.by, 'ada');
  });
});
