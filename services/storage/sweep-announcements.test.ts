import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parities } from '../../domain/parity.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld, sweepTimes, type StoringWorld } from './storing-world.ts';

/** Long enough for the sweeper, also where this machine took a minute to write the files. */
const longMs = sweepTimes.afterMs + 60_000;

describe('announcementSweeper', () => {
  async function stored(world: StoringWorld, key: string) {
    await storeDocument(world.process(), await world.accept({ key }), 0);
    world.clock.advance(1);
  }

  it('announces again what was stored and not told, until it is', async test => {
    const world = await storingWorld(test);
    await stored(world, 'key-1');
    const sweeper = world.sweeperOf();
    assert.equal((await sweeper.round())?.renotified, 0);
    world.clock.advance(longMs);
    assert.equal((await sweeper.round())?.renotified, 1);
    assert.equal((await sweeper.round())?.renotified, 0);
    const [message] = world.announced();
    assert.ok(message);
    const row = await world.row(message.document);
    assert.ok(row);
    await world.documents.change(row, { state: 'notified' });
    world.clock.advance(3_600_000);
    assert.equal((await sweeper.round())?.renotified, 0);
    assert.equal(world.announced().length, 2);
  });

  it('counts no try in which no broker took the message', async test => {
    const world = await storingWorld(test);
    await stored(world, 'key-1');
    await world.accept({ key: 'key-2' });
    world.clock.advance(longMs);
    const sweeper = world.sweeperOf();
    for (const parity of parities) world.brokers.setDown(parity, true);
    for (let round = 0; round < 20; round++) {
      await sweeper.round().catch(() => undefined);
      world.clock.advance(30_000);
    }
    for (const parity of parities) world.brokers.setDown(parity, false);
    const counts = await sweeper.round();
    assert.deepEqual([counts?.republished, counts?.renotified], [1, 1]);
  });

  it('does not let old ones in their back-off hide the younger', async test => {
    const world = await storingWorld(test);
    await stored(world, 'template');
    const [{ document } = assert.fail()] = world.announced();
    const template = await world.row(document);
    assert.ok(template);
    for (let n = 0; n < 250; n++) {
      const storedAt = new Date(world.clock.now() + n);
      await world.documents.insert({ ...template, _id: `row-${n}`, storedAt });
    }
    world.clock.advance(longMs);
    const sweeper = world.sweeperOf();
    assert.equal((await sweeper.round())?.renotified, 200);
    assert.equal((await sweeper.round())?.renotified, 51);
  });

  it('announces once what waits in the queues for as long as FCM is down (failures.md 48)', async test => {
    const world = await storingWorld(test);
    for (let n = 0; n < 10; n++) await stored(world, `key-${n}`);
    const sweeper = world.sweeperOf();
    for (let minute = 0; minute < 60; minute++) {
      world.clock.advance(60_000);
      world.database.server.now += 60_000;
      await sweeper.round();
    }
    assert.equal(world.announced().length, 20);
  });

  it('announces again as many as the queues have lost', async test => {
    const world = await storingWorld(test);
    for (let n = 0; n < 3; n++) await stored(world, `key-${n}`);
    world.clock.advance(longMs);
    const sweeper = world.sweeperOf();
    assert.equal((await sweeper.round())?.renotified, 3);
    world.brokers.lose('odd', 'document.stored', 5);
    world.clock.advance(longMs);
    assert.equal((await sweeper.round())?.renotified, 2);
    assert.equal((await sweeper.round())?.renotified, 0);
  });
});
