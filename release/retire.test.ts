import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../domain/release.ts';
import { retireOnce } from './retire.ts';
import { finish } from './testing/finish.ts';
import { shipped } from './testing/shipped.ts';
import { testWorld } from './testing/test-world.ts';

const r41 = parseRelease('41');

describe('retireOnce', () => {
  it('waits until its queues are empty, then leaves nothing of it', async () => {
    const world = await testWorld();
    await shipped(world);
    assert.deepEqual(await finish(world, retireOnce(world, 'retirement')), [{ release: r41, backlog: 6 }]);
    await world.clock.run({ forMs: 3_000 });
    assert.deepEqual(await finish(world, retireOnce(world, 'retirement')), []);
    assert.deepEqual(world.record().retiring, []);
    for (const cluster of Object.values(world.clusters)) {
      assert.deepEqual(cluster.queues(), ['42']);
      assert.deepEqual(await cluster.workload(r41), { state: 'absent' });
    }
  });
});
