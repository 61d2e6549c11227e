import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { timedDocumentId, type DocumentId } from '../../domain/document-id.ts';
import { readMessage } from '../../domain/messages.ts';
import { handlersWorld, json, type TestCall } from './handlers-world.ts';
import { parkDocument } from './park-document.ts';
import { storeDocument } from './store-document.ts';
import type { TestProcess } from './storing-world.ts';

const ada: TestCall = { user: 'ada', roles: ['admin'] };
const missing = timedDocumentId({ nowMs: 1, random: new Uint8Array(10) });

/** A world in which one document is parked. */
async function parkedWorld(test: TestContext, own: TestProcess = {}) {
  const world = await handlersWorld(test, { own });
  const message = await world.accept();
  const { document } = message;
  const payload = Buffer.from(JSON.stringify(message));
  const park = (content = payload) =>
    parkDocument(world.process(), {
      delivery: { read: readMessage(content), payload: content, attempts: 8, broker: 'odd' },
      why: 'attempts_exhausted',
      lastReason: 'it failed',
    });
  await park();
  const drop = async (id: string = document) => world.handlers.drop(world.call({ id }, ada));
  const replay = async (id: DocumentId = document) => world.handlers.replay(world.call({ id }, ada));
  return { ...world, message, document, park, drop, replay };
}

const isNow = (document: DocumentId, state: string, done: string) => ({
  code: 'conflict',
  message: `Document ${document} is ${state}: only what is parked can be ${done}.`,
});

describe('dropDocument', () => {
  it('leaves a tombstone that says who did it and why, and a receipt instead of the bytes', async test => {
    const { drop, document, row, spooled, handlers, call } = await parkedWorld(test);
    const dropped = await json(drop());
    assert.deepEqual([dropped['state'], dropped['reason']], ['cancelled', 'attempts_exhausted']);
    const { events } = await json(handlers.trace(call({ id: document }, ada)));
    const last = (events as object[]).at(-1) as Record<string, string>;
    assert.deepEqual([last['what'], last['by'], last['note']], ['cancelled', 'ada', 'dropped']);
    assert.equal((await row(document))?.state, 'cancelled');
    assert.equal(await spooled(document), 'receipt: cancelled');
    assert.deepEqual((await json(handlers.parked(call())))['parked'], []);
  });

  it('may be asked for again, as a client does whose answer was lost', async test => {
    const { drop, document, row } = await parkedWorld(test);
    await drop();
    const before = await row(document);
    assert.equal((await json(drop()))['state'], 'cancelled');
    assert.deepEqual(await row(document), before);
  });

  it('is final: no replay, and no message that comes days later, brings it back', async test => {
    const { drop, replay, message, document, row, process, vaultFiles, spooled } = await parkedWorld(test);
    await drop();
    await assert.rejects(replay(), isNow(document, 'cancelled', 'replayed'));
    for (const generation of [0, 1]) await storeDocument(process(), { ...message, generation }, 3);
    assert.equal((await row(document))?.state, 'cancelled');
    assert.equal(await spooled(document), 'receipt: cancelled');
    assert.deepEqual(await vaultFiles(), []);
  });

  it('leaves the payload to the sweeper of the live release where it may not let go itself', async test => {
    const world = await parkedWorld(test, { role: () => 'candidate' });
    const { drop, document, spooled, clock, sweeperOf, republished, process } = world;
    await drop();
    assert.equal(await spooled(document), 'payload');
    clock.advance(120_000);
    await sweeperOf().round();
    for (const message of republished()) await storeDocument(process(), message, 0);
    assert.equal(await spooled(document), 'receipt: cancelled');
  });

  it('removes a damaged spool file, of which there can be no receipt', async test => {
    for (const role of ['live', 'candidate'] as const) {
      const { drop, document, paths, spooled, sweeperOf, clock } = await parkedWorld(test, {
        role: () => role,
      });
      await writeFile(join(paths.spool, 'documents', document.slice(-1), document), 'torn');
      await drop();
      clock.advance(120_000);
      if (role === 'candidate') await sweeperOf().round();
      assert.equal(await spooled(document), 'none', role);
    }
  });

  it('removes a message that no document was parked for, and says what is not parked', async test => {
    const { park, handlers, call, drop, strays } = await parkedWorld(test);
    await park(Buffer.from('no message'));
    const listed = (await json(handlers.parked(call())))['parked'] as { id: string; kind: string }[];
    const { id = '' } = listed.find(({ kind }) => kind === 'message') ?? {};
    assert.deepEqual(await json(drop(id)), { dropped: id });
    assert.equal(await strays.count({}), 0);
    const nothing = { code: 'not_found', message: `Nothing is parked as ${id}.` };
    await assert.rejects(drop(id), nothing);
    await assert.rejects(drop(missing), { code: 'not_found', message: `There is no document ${missing}.` });
  });

  it('does not touch what was stored', async test => {
    const { drop, store } = await parkedWorld(test);
    const id = await store({ key: 'other' });
    await assert.rejects(drop(id), isNow(id, 'stored', 'dropped'));
  });
});

describe('a drop and a replay at once', () => {
  it('are told of each other when the replay is first', async test => {
    const between = interruption();
    const world = await parkedWorld(test, { meanwhile: between.meanwhile });
    const { document, drop, process, handlers, row } = world;
    const rival = handlers;
    between.before(3, async () => void (await rival.replay(world.call({ id: document }, ada))));
    await assert.rejects(drop(), isNow(document, 'storing', 'dropped'));
    const [message] = world.republished();
    assert.ok(message);
    await storeDocument(process(), message, 0);
    assert.equal((await row(document))?.state, 'stored');
  });

  it('are told of each other when the drop is first', async test => {
    const between = interruption();
    const world = await parkedWorld(test, { meanwhile: between.meanwhile });
    const { document, drop, replay, spooled } = world;
    between.before(2, async () => void (await drop()));
    await assert.rejects(replay(), isNow(document, 'cancelled', 'replayed'));
    assert.deepEqual(world.republished(), []);
    assert.equal(await spooled(document), 'receipt: cancelled');
  });
});

/** Something that happens once, before the n-th step on shared storage from then on. */
function interruption() {
  let left = 0;
  let act = async () => {};
  return {
    before: (step: number, what: () => Promise<void>) => {
      left = step;
      act = what;
    },
    meanwhile: async () => {
      left -= 1;
      if (left === 0) await act();
    },
  };
}
