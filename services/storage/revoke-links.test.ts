import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timedDocumentId } from '../../domain/document-id.ts';
import { handlersWorld, json } from './handlers-world.ts';

const missing = timedDocumentId({ nowMs: 1, random: new Uint8Array(10) });
const notFound = { code: 'not_found', message: 'There is no such document.' };
const admin = { user: 'ada', roles: ['admin'] } as const;

describe('revokeLinks', () => {
  it('is the owner’s and the admin’s, and visible in the document’s story', async test => {
    const { handlers, call, store, row } = await handlersWorld(test);
    const id = await store();
    await handlers.revokeLinks(call({ id }));
    await handlers.revokeLinks(call({ id }, admin));
    assert.equal((await row(id))?.linkGeneration, 2);
    const { events } = await json(handlers.trace(call({ id }, admin)));
    assert.deepEqual(
      (events as { what: string; by: string; note?: string }[])
        .slice(2)
        .map(({ what, by, note }) => [what, by, note]),
      [
        ['stored', 'driver-1', 'its links were revoked'],
        ['stored', 'ada', 'its links were revoked'],
      ],
    );
  });

  it('tells nobody else whether the document is there', async test => {
    const { handlers, call, store, row } = await handlersWorld(test);
    const id = await store();
    for (const roles of [['driver'], ['agent']] as const) {
      await assert.rejects(
        async () => handlers.revokeLinks(call({ id }, { user: 'driver-2', roles })),
        notFound,
      );
    }
    await assert.rejects(async () => handlers.revokeLinks(call({ id: missing }, admin)), notFound);
    assert.equal((await row(id))?.linkGeneration, undefined);
  });

  it('says that there is nothing to revoke before the document is stored', async test => {
    const { handlers, call, accept } = await handlersWorld(test);
    const { document: id } = await accept();
    await assert.rejects(async () => handlers.revokeLinks(call({ id })), {
      code: 'conflict',
      message: 'The document is not stored yet: it has no links.',
    });
  });

  it('is not lost when the row changes between its look and its write, nor is that change', async test => {
    const steps = [() => {}, () => change()];
    const world = await handlersWorld(test, { own: { meanwhile: async () => steps.shift()?.() } });
    const id = await world.store();
    const change = async () => {
      const seen = await world.row(id);
      assert.ok(seen);
      await world.documents.change(seen, { state: 'notified' });
    };
    await world.handlers.revokeLinks(world.call({ id }));
    const row = await world.row(id);
    assert.deepEqual([row?.state, row?.linkGeneration, row?.revision], ['notified', 1, 3]);
  });

  it('gives up when the row never stands still', async test => {
    const world = await handlersWorld(test, { own: { meanwhile: () => change() } });
    const id = await world.store();
    const change = async () => {
      const seen = await world.row(id);
      assert.ok(seen);
      await world.documents.change(seen, { storedAt: new Date(0) });
    };
    await assert.rejects(async () => world.handlers.revokeLinks(world.call({ id })), {
      code: 'overloaded',
      message: 'The document is being changed by others: revoke its links again.',
    });
  });
});
