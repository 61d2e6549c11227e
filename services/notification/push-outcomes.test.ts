import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timedDocumentId } from '../../domain/document-id.ts';
import { notifyOwner } from './notify-owner.ts';
import { notifyingWorld } from './notifying-world.ts';
import type { PushOutcome } from './push/push-sender.ts';
import { pushOutcomesOf } from './push-outcomes.ts';

const stranger = timedDocumentId({ nowMs: 1, random: new Uint8Array(10) });
const refused: PushOutcome = { kind: 'invalid', detail: 'too long' };

describe('pushOutcomesOf', () => {
  it('says what became of the pushes of each document, and `none` of what has none', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const sent = await world.store('sent');
    await notifyOwner(world.process(), sent);
    const failed = await world.store('failed');
    world.phones.script(phone, { outcome: refused });
    await notifyOwner(world.process(), failed);
    const pending = await world.store('pending');
    world.phones.script(phone, { outcome: { kind: 'unknown', reason: 'reset' } });
    await notifyOwner(world.process(), pending);
    const ids = [sent, failed, pending].map(({ document }) => document);
    assert.deepEqual(await pushOutcomesOf(world, [...ids, stranger]), {
      pushes: {
        [sent.document]: 'sent',
        [failed.document]: 'failed',
        [pending.document]: 'pending',
        [stranger]: 'none',
      },
    });
  });

  it('says the worst of several phones, and that an app which is gone had nothing to be told', async test => {
    const world = await notifyingWorld(test);
    const [good, bad] = [await world.register('good'), await world.register('bad')];
    const both = await world.store('both');
    world.phones.script(bad, { outcome: refused });
    await notifyOwner(world.process(), both);
    const gone = await world.store('gone');
    for (const phone of [good, bad]) world.phones.script(phone, { outcome: { kind: 'unregistered' } });
    await notifyOwner(world.process(), gone);
    const { pushes } = await pushOutcomesOf(world, [both.document, gone.document]);
    assert.deepEqual(pushes, { [both.document]: 'failed', [gone.document]: 'none' });
  });

  it('answers an empty question without asking the database, and no other while that is away', async test => {
    const world = await notifyingWorld(test);
    world.database.server.faults.down = true;
    assert.deepEqual(await pushOutcomesOf(world, []), { pushes: {} });
    await assert.rejects(pushOutcomesOf(world, [stranger]), {
      code: 'database_unavailable',
      message: /does not answer \(find ledger\)/,
    });
  });
});
