import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../kit/ports.ts';
import { createTokenBucket } from './send-rate.ts';

function aBucket(rate: { perSecond: number; burst: number }) {
  const time = { ms: 0 };
  const bucket = createTokenBucket(rate, { ...systemClock, monotonic: () => time.ms });
  return { bucket, time };
}

describe('createTokenBucket', () => {
  it('lets a burst pass, then says when the next may go', () => {
    const { bucket, time } = aBucket({ perSecond: 10, burst: 2 });
    assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [0, 0, 100]);
    time.ms = 100;
    assert.equal(bucket.take(), 0);
  });

  it('never lets more pass than the burst and the rate allow, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 })), pauses => {
        const { bucket, time } = aBucket({ perSecond: 10, burst: 3 });
        const passed = pauses.filter(pause => {
          time.ms += pause;
          return bucket.take() === 0;
        });
        assert.ok(passed.length <= 3 + time.ms / 100);
      }),
    );
  });
});
