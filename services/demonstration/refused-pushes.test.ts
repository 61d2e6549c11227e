import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemRandom } from '../kit/ports.ts';
import { notifyOwner } from '../notification/notify-owner.ts';
import { notifyingWorld } from '../notification/notifying-world.ts';
import { pushOutcomesOf } from '../notification/push-outcomes.ts';
import { refusedPushes } from './refused-pushes.ts';

describe('refusedPushes', () => {
  for (const [share, outcome] of [
    [1, 'failed'],
    [0, 'sent'],
  ] as const) {
    it(`at a share of ${share} makes a push be ${outcome}, as the keeper is told`, async test => {
      const world = await notifyingWorld(test);
      await world.register('phone');
      const message = await world.store();
      const sender = refusedPushes(world.phones, share, systemRandom);
      await notifyOwner(world.process({ sender }), message);
      const { pushes } = await pushOutcomesOf(world, [message.document]);
      assert.deepEqual(pushes, { [message.document]: outcome });
    });
  }
});
