import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parities } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { buildMessage } from '../kit/broker/broker-world.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import { silentLog } from '../kit/logger.ts';
import { manualClock } from '../kit/manual-clock.ts';
import { createMetrics } from '../kit/metrics.ts';
import type { SweepCounts } from './sweep.ts';
import { sweepEvery } from './sweep-every.ts';

/** Rounds that are made when a test says so. */
function rounds(test: TestContext, round: () => Promise<SweepCounts | undefined>) {
  const clock = manualClock();
  let roundEnded = Promise.withResolvers<void>();
  const delay = (ms: number, signal?: AbortSignal) => {
    roundEnded.resolve();
    return clock.delay(ms, signal);
  };
  const metrics = createMetrics({ cluster: 'odd', release: parseRelease('42'), clock });
  const brokers = new FakeBrokers();
  const broker = brokers.connect('odd');
  const every = sweepEvery({ log: silentLog, metrics, clock: { ...clock, delay }, broker }, { round });
  test.after(() => every.stop());
  return {
    ...{ brokers, broker },
    start: async () => {
      every.start();
      await roundEnded.promise;
    },
    next: async () => {
      roundEnded = Promise.withResolvers();
      clock.advance(1_000);
      await roundEnded.promise;
    },
    /** What the metric says of each broker's queue. */
    ready: async () => {
      const { text } = await metrics.render();
      return parities.map(parity =>
        new RegExp(`^parity_queue_ready{broker="${parity}",.*} (.*)$`, 'm').exec(text)?.at(1),
      );
    },
  };
}

describe('sweepEvery', () => {
  it('shows what waits on each broker, and nothing of one that does not answer', async test => {
    const world = rounds(test, async () => undefined);
    await world.broker.publish(buildMessage());
    await world.start();
    assert.deepEqual(await world.ready(), ['1', '0']);
    world.brokers.setDown('odd', true);
    await world.next();
    assert.deepEqual(await world.ready(), [undefined, '0']);
    world.brokers.setDown('odd', false);
    await world.next();
    assert.deepEqual(await world.ready(), ['1', '0']);
  });

  it('shows what waits also while no round can be made', async test => {
    const world = rounds(test, () => Promise.reject(new TypeError('the lease cannot be asked for')));
    await world.start();
    await world.broker.publish(buildMessage());
    await world.next();
    assert.deepEqual(await world.ready(), ['1', '0']);
  });
});
