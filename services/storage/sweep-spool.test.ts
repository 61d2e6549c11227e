import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { storingWorld, sweepTimes } from './storing-world.ts';

describe('sweepSpoolFolder', () => {
  it('does not wait for a clock that was an hour ahead (failures.md 56)', async test => {
    const world = await storingWorld(test);
    const acceptedAt = new Date(world.clock.now() + 3_600_000).toISOString();
    await world.accept({ manifest: { acceptedAt } });
    world.brokers.inject('odd', 'document.accepted', { payload: Buffer.from('an older one') });
    world.clock.advance(sweepTimes.afterMs + 60_000);
    const sweeper = world.sweeperOf({}, () => world.clock.now());
    assert.equal((await sweeper.round())?.republished, 1);
  });
});
