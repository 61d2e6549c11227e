import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentOutcomesOf } from './document-outcomes.ts';
import { wrongBytesVault } from '../demonstration/wrong-bytes-vault.ts';
import { storeDocument } from './store-document.ts';
import type { Storing } from './storing.ts';
import { storingWorld } from './storing-world.ts';

describe('documentOutcomesOf', () => {
  it('says the state of each document that has a row, and nothing of one that still waits in the spool', async test => {
    const world = await storingWorld(test);
    const stored = await world.accept({ key: 'stored' });
    const rejected = await world.accept({ key: 'rejected', bytes: Buffer.from('no photo') });
    const waiting = await world.accept({ key: 'waiting' });
    for (const message of [stored, rejected]) await storeDocument(world.process(), message, 0);
    const ids = [stored, rejected, waiting].map(({ document }) => document);
    assert.deepEqual(await documentOutcomesOf(world.process(), ids), {
      documents: { [stored.document]: 'stored', [rejected.document]: 'rejected' },
    });
  });

  it('finds corrupt what another release stored wrong, and believes itself', async test => {
    const world = await storingWorld(test);
    const right = await world.accept({ key: 'right' });
    const wrong = await world.accept({ key: 'wrong' });
    const bad = world.process({ release: '2' });
    await storeDocument(bad, right, 0);
    await storeDocument({ ...bad, vault: wrongBytesVault(bad.vault) }, wrong, 0);
    const ids = [right, wrong].map(({ document }) => document);
    const seenBy = async (storing: Storing) => (await documentOutcomesOf(storing, ids)).documents;
    assert.deepEqual(await seenBy(world.process({ release: '1' })), {
      [right.document]: 'stored',
      [wrong.document]: 'corrupt',
    });
    assert.deepEqual(await seenBy(bad), { [right.document]: 'stored', [wrong.document]: 'stored' });
  });

  it('answers an empty question without asking the database, and no other while that is away', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept();
    world.database.server.faults.down = true;
    assert.deepEqual(await documentOutcomesOf(world.process(), []), { documents: {} });
    await assert.rejects(documentOutcomesOf(world.process(), [document]), {
      code: 'database_unavailable',
      message: /does not answer \(find documents\)/,
    });
  });
});
