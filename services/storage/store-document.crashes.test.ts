import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AcceptedMessage } from '../../domain/messages.ts';
import { crashPoints, type CrashPoint } from '../kit/crash-points.ts';
import { storeDocument } from './store-document.ts';
import { storeUntilDone, storingWorld, sweepTimes, type StoringWorld } from './storing-world.ts';

const storePoints = crashPoints.filter(point => point.startsWith('store.'));

/** Whatever happened, this is what must be there in the end (failures.md I1). */
async function assertStoredOnce(world: StoringWorld, { document }: AcceptedMessage) {
  const row = await world.row(document);
  assert.equal(row?.state, 'stored');
  assert.deepEqual(
    (await world.vaultFiles()).map(({ file }) => file),
    [row.file],
  );
  assert.equal(await world.storedHash(document), row.sha256);
  assert.equal(await world.spooled(document), 'receipt: stored');
  assert.ok(world.announced().length >= 1);
  assert.deepEqual(world.errors, []);
}

/** A process that dies when it gets to `point`. */
async function dieAt(world: StoringWorld, point: CrashPoint, message: AcceptedMessage) {
  class Died extends Error {}
  const reach = (reached: CrashPoint) => {
    if (reached === point) throw new Died(point);
  };
  await assert.rejects(storeDocument(world.process({ reach }), message, 0), Died);
}

/** Storage in the other cluster takes messages from here on. */
function consume(world: StoringWorld) {
  world.brokers.connect('even').consume('document.accepted', {
    prefetch: 1,
    handle: (message, { attempts }) =>
      storeDocument(world.process({ cluster: 'even' }), message as AcceptedMessage, attempts),
    park: () => assert.fail('nothing is parked here'),
  });
}

describe('storeDocument, two clusters at once', () => {
  for (const point of storePoints) {
    it(`stores once when the other does it all while the first is at ${point}`, async test => {
      const world = await storingWorld(test);
      const message = await world.accept();
      let other: (() => Promise<unknown>) | undefined;
      const reach = (reached: CrashPoint) => {
        if (reached === point) other = () => storeDocument(world.process({ cluster: 'even' }), message, 0);
      };
      const meanwhile = async () => {
        const now = other;
        other = undefined;
        await now?.();
      };
      await storeUntilDone(world.process({ reach, meanwhile }), message);
      await meanwhile();
      await assertStoredOnce(world, message);
    });
  }

  it('stores once when both take every step in turn', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    const verdicts = await Promise.all(
      (['odd', 'even'] as const).map(cluster => storeUntilDone(world.process({ cluster }), message)),
    );
    assert.deepEqual(verdicts, [{ verdict: 'done' }, { verdict: 'done' }]);
    await assertStoredOnce(world, message);
  });
});

describe('storeDocument, a process that dies', () => {
  for (const point of storePoints) {
    it(`at ${point}: the redelivery brings it to its end, and the reaper cleans up`, async test => {
      const world = await storingWorld(test);
      const message = await world.accept();
      await dieAt(world, point, message);
      await storeUntilDone(world.process({ cluster: 'even' }), message);
      world.clock.advance(sweepTimes.orphanAfterMs + 60_000);
      await world.sweeperOf({ cluster: 'even' }).round();
      await assertStoredOnce(world, message);
    });

    it(`at ${point}, with its broker: the sweeper brings it to its end`, async test => {
      const world = await storingWorld(test);
      const message = await world.accept();
      await dieAt(world, point, message);
      world.brokers.setDown('odd', true);
      consume(world);
      const sweeper = world.sweeperOf({ cluster: 'even' });
      world.clock.advance(sweepTimes.afterMs + 60_000);
      await sweeper.round();
      await world.brokers.idle();
      world.clock.advance(sweepTimes.orphanAfterMs);
      await sweeper.round();
      await world.brokers.idle();
      await assertStoredOnce(world, message);
    });
  }
});
