import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentOutcomesOf } from './document-outcomes.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld } from './storing-world.ts';

describe('documentOutcomesOf', () => {
  it('says the state of each document that has a row, and nothing of one that still waits in the spool', async test => {
    const world = await storingWorld(test);
    const stored = await world.accept({ key: 'stored' });
    const rejected = await world.accept({ key: 'rejected', bytes: Buffer.from('no photo') });
    const waiting = await world.accept({ key: 'waiting' });
    for (const message of [stored, rejected]) await storeDocument(world.process(), message, 0);
    const ids = [stored, rejected, waiting].map(({ document }) => document);
    assert.deepEqual(await documentOutcomesOf(world, ids), {
      documents: { [stored.document]: 'stored', [rejected.document]: 'rejected' },
    });
  });

  it('answers an empty question without asking the database, and no other while that is away', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept();
    world.database.server.faults.down = true;
    assert.deepEqual(await documentOutcomesOf(world, []), { documents: {} });
    await assert.rejects(documentOutcomesOf(world, [document]), {
      code: 'database_unavailable',
      message: /does not answer \(find documents\)/,
    });
  });
});
