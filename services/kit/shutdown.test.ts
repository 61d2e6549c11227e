import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from './logger.ts';
import { manualClock } from './manual-clock.ts';
import { shutDown } from './shutdown.ts';

const parts = () => ({ clock: manualClock(), log: silentLog, withinMs: 1_000 });

describe('shutDown', () => {
  it('runs the steps one after the other', async () => {
    const seen: string[] = [];
    const step = (name: string) => ({
      name,
      run: async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
      },
    });
    const report = await shutDown([step('consumers'), step('http')], parts());
    assert.deepEqual(seen, ['consumers begins', 'consumers ends', 'http begins', 'http ends']);
    assert.deepEqual(report, { failed: [], unfinished: [] });
  });

  it('goes on after a step that fails, and says which', async () => {
    const seen: string[] = [];
    const fail = () => {
      throw new TypeError('broken');
    };
    const steps = [
      { name: 'http', run: fail },
      { name: 'broker', run: () => void seen.push('broker') },
    ];
    assert.deepEqual(await shutDown(steps, parts()), { failed: ['http'], unfinished: [] });
    assert.deepEqual(seen, ['broker']);
  });

  it('gives up at the deadline, and names what it did not get to', async () => {
    const { clock, ...rest } = parts();
    const hang = () => {
      queueMicrotask(() => clock.advance(1_000));
      return new Promise<void>(() => {});
    };
    const steps = [
      { name: 'consumers', run: () => {} },
      { name: 'http', run: hang },
      { name: 'broker', run: () => assert.fail('too late for this') },
    ];
    assert.deepEqual(await shutDown(steps, { clock, ...rest }), {
      failed: [],
      unfinished: ['http', 'broker'],
    });
  });
});
