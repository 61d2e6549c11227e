import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DnsWeights } from '../../domain/dns-weights.ts';
import { atStep } from '../testing/at-step.ts';

describe('flip', () => {
  it('changes roles, then lets DNS follow in steps', async () => {
    const { world, run } = await atStep('flip');
    const said: [DnsWeights, string][] = [];
    const set = world.dns.setWeights;
    world.dns.setWeights = async weights => {
      said.push([weights, world.record().live.release]);
      await set(weights);
    };
    const { outcome, why } = await run();
    assert.deepEqual([outcome, why], ['done', 'even is live with 42']);
    assert.deepEqual(said, [
      [{ odd: 127, even: 128 }, '42'],
      [{ odd: 0, even: 255 }, '42'],
    ]);
    assert.equal(world.record().previous, '41');
  });

  it('does not move DNS back when it is run again', async () => {
    const { world, run } = await atStep('flip');
    await run();
    const set: DnsWeights[] = [];
    world.dns.setWeights = async weights => void set.push(weights);
    assert.equal((await run()).outcome, 'done');
    assert.deepEqual(set, []);
  });
});
