import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../services/kit/ports.ts';
import { watchResidents } from './resident-growth.ts';

const mib = 1024 * 1024;

describe('watchResidents', () => {
  it('sees what a process took in between and gave back', async () => {
    const watch = await watchResidents({ test: process.pid }, systemClock);
    let kept: Buffer | undefined = Buffer.alloc(80 * mib, 1);
    await systemClock.delay(250);
    assert.equal(kept.length, 80 * mib);
    kept = undefined;
    const [growth] = await watch.stop();
    assert.equal(growth?.name, 'test');
    assert.ok(growth.growth > 60 * mib, `${growth.growth}`);
    assert.equal(growth.most - growth.before, growth.growth);
  });

  it('may be stopped twice', async () => {
    const watch = await watchResidents({ test: process.pid }, systemClock);
    assert.deepEqual(await watch.stop(), await watch.stop());
  });
});
