import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overdue, withinDeadline } from './deadline.ts';
import { manualClock } from './manual-clock.ts';

describe('withinDeadline', () => {
  it('gives the result of work that is done in time', async () => {
    assert.equal(await withinDeadline(Promise.resolve(7), { clock: manualClock(), ms: 1 }), 7);
  });

  it('passes the failure of the work on', async () => {
    const work = Promise.reject(new TypeError('broken'));
    await assert.rejects(withinDeadline(work, { clock: manualClock(), ms: 1 }), TypeError);
  });

  it('says overdue when the time is up, whatever becomes of the work', async () => {
    const clock = manualClock();
    const { promise, reject } = Promise.withResolvers<never>();
    const result = withinDeadline(promise, { clock, ms: 100 });
    clock.advance(100);
    assert.equal(await result, overdue);
    reject(new TypeError('late'));
  });
});
