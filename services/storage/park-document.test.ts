import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readMessage, writeMessage } from '../../domain/messages.ts';
import type { GivenUp } from '../kit/broker/broker.ts';
import { parkDocument } from './park-document.ts';
import { replayDocument } from './replay-document.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld, type StoringWorld } from './storing-world.ts';

/** Gives up a message of this content. */
function giveUp(world: StoringWorld, content: object | string, why: GivenUp = 'attempts_exhausted') {
  const payload = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const delivery = { read: readMessage(payload), payload, attempts: 8, broker: 'odd' as const };
  return parkDocument(world.process(), { delivery, why, lastReason: 'it failed' });
}

describe('parkDocument', () => {
  it('parks a document that waits, with why and the last reason; its bytes stay', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await giveUp(world, message, 'delivery_limit');
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason, row?.owner], ['parked', 'delivery_limit', 'driver-1']);
    assert.equal(row?.events.at(-1)?.note, 'it failed');
    assert.equal(await world.spooled(message.document), 'payload');
    assert.equal(await world.strays.count({}), 0);
  });

  it('parks what a message of another schema names', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept();
    await giveUp(world, { schema: 2, document }, 'unknown_schema');
    assert.equal((await world.row(document))?.reason, 'unknown_schema');
  });

  it('parks a document whose spool file is damaged, rather than trying for ever', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    const { document } = message;
    await writeFile(join(world.paths.spool, 'documents', document.slice(-1), document), 'torn');
    await giveUp(world, message);
    assert.equal((await world.row(document))?.state, 'parked');
  });

  it('parks a replay that failed', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await giveUp(world, message);
    const row = await world.row(message.document);
    assert.ok(row);
    await world.documents.change(row, { state: 'storing', generation: 1, reason: undefined });
    await giveUp(world, { ...message, generation: 1 });
    const again = await world.row(message.document);
    assert.deepEqual([again?.state, again?.generation, again?.reason], ['parked', 1, 'attempts_exhausted']);
  });

  it('leaves a replay alone when a message from before it is given up', async test => {
    const world = await storingWorld(test);
    const before = await world.accept();
    await giveUp(world, before);
    const replayed = await replayDocument(world.process(), { document: before.document, version: 1 }, 'anna');
    await giveUp(world, before, 'delivery_limit');
    assert.deepEqual(await world.row(before.document), replayed);
    assert.equal(await world.strays.count({}), 0);
  });

  it('never changes what is stored; the message is kept for people to see', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process(), message, 0);
    const before = await world.row(message.document);
    await giveUp(world, message);
    assert.deepEqual(await world.row(message.document), before);
    const [stray] = await world.strays.find({ where: {}, limit: 2 });
    assert.equal(stray?.payload, writeMessage(message).toString());
  });

  it('keeps what cannot be read, and what names no document, as it came', async test => {
    const world = await storingWorld(test);
    await giveUp(world, 'no JSON', 'unreadable');
    await giveUp(world, { schema: 2 }, 'unknown_schema');
    const strays = await world.strays.find({ where: {}, sort: { why: 1 }, limit: 5 });
    assert.deepEqual(
      strays.map(({ why, payload }) => [why, payload]),
      [
        ['unknown_schema', '{"schema":2}'],
        ['unreadable', 'no JSON'],
      ],
    );
  });

  it('rejects while the database is away, so that the message comes again', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    world.database.server.faults.down = true;
    await assert.rejects(giveUp(world, message), {
      code: 'database_unavailable',
      message: 'The database does not answer (read documents); try again later.',
    });
  });
});
