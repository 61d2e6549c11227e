import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { manualClock } from '../kit/manual-clock.ts';
import { slowestBytesPerSecond, spoolDeadline, spoolWithinMs } from './spool-deadline.ts';

const never = new Promise<never>(() => {});

describe('spoolDeadline', () => {
  it('gives what comes in time, and what fails', async () => {
    const { within } = spoolDeadline(manualClock());
    assert.equal(await within(Promise.resolve('named'), 1), 'named');
    await assert.rejects(within(Promise.reject(new TypeError('no disk')), 1), { message: 'no disk' });
  });

  it('gives a long upload the time that its bytes take a slow spool', async () => {
    const clock = manualClock();
    const deadline = spoolDeadline(clock);
    const ends: string[] = [];
    const told = (name: string) => (error: { code: string }) => void ends.push(`${name}: ${error.code}`);
    void deadline.within(never, 1).catch(told('photo'));
    void deadline.within(never, 60 * slowestBytesPerSecond).catch(told('film'));
    clock.advance(spoolWithinMs + 1_000);
    await turn();
    assert.deepEqual(ends, ['photo: spool_unavailable']);
    clock.advance(60_000);
    await turn();
    assert.deepEqual(ends, ['photo: spool_unavailable', 'film: spool_unavailable']);
  });

  it('looks again after a while in which nothing was under way', async () => {
    const clock = manualClock();
    const deadline = spoolDeadline(clock);
    await deadline.within(Promise.resolve(), 1);
    clock.advance(5_000);
    await turn();
    const late = assert.rejects(deadline.within(never, 1), { code: 'spool_unavailable' });
    clock.advance(2 * spoolWithinMs);
    await late;
  });
});
