import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../../domain/errors.ts';
import { createPersist, databaseUnavailable, type Failure, type Persist, type Retry } from './persist.ts';

/** A clock that only pauses move, and the pauses that were made. */
function pausingClock() {
  const pauses: number[] = [];
  let now = 0;
  return {
    pauses,
    monotonic: () => now,
    delay: async (ms: number, signal?: AbortSignal) => {
      // The deadline's own timer: nothing here is slow.
      if (signal !== undefined && !signal.aborted) return new Promise<void>(() => {});
      pauses.push(ms);
      now += ms;
    },
  };
}

interface World {
  readonly persist: Persist;
  readonly pauses: number[];
  readonly retries: Retry[];
}

function world(failure: Failure, random = 0): World {
  const clock = pausingClock();
  const retries: Retry[] = [];
  const persist = createPersist({
    clock,
    random: { bytes: count => Buffer.alloc(count, random) },
    deadlineMs: 1000,
    classify: () => failure,
    onRetry: retry => retries.push(retry),
  });
  return { persist, pauses: clock.pauses, retries };
}

const fault = new RangeError('no');

describe('persist', () => {
  it('repeats with growing pauses until it succeeds, and says that it repeats', async () => {
    const { persist, pauses, retries } = world('again');
    const repeats: boolean[] = [];
    const result = await persist('read samples', async ({ isRepeat }) => {
      repeats.push(isRepeat);
      if (repeats.length < 4) throw fault;
      return 'read';
    });
    assert.equal(result, 'read');
    assert.deepEqual(repeats, [false, true, true, true]);
    assert.deepEqual(pauses, [10, 20, 40]);
    assert.deepEqual(retries[0], { what: 'read samples', attempt: 1, cause: fault });
  });

  it('spreads the pauses at random, up to half a second', async () => {
    const { persist, pauses } = world('again', 255);
    await assert.rejects(persist('read samples', () => Promise.reject(fault)));
    assert.deepEqual(
      pauses.map(pause => Math.round(pause)),
      [20, 40, 80, 160, 320],
    );
  });

  it('ends at the deadline, telling how long to wait and why', async () => {
    const { persist } = world('again');
    await assert.rejects(
      persist('read samples', () => Promise.reject(fault)),
      {
        code: 'database_unavailable',
        message: 'The database does not answer (read samples); try again later.',
        retryAfterS: 5,
        cause: fault,
      },
    );
  });

  it('does not repeat when the database refuses us', async () => {
    const { persist, pauses } = world('away');
    await assert.rejects(
      persist('read samples', () => Promise.reject(fault)),
      { code: 'database_unavailable' },
    );
    assert.deepEqual(pauses, []);
  });

  it('does not repeat what no repeat would mend', async () => {
    const { persist, pauses } = world('broken');
    await assert.rejects(
      persist('read samples', () => Promise.reject(fault)),
      {
        code: 'internal',
        message: 'The database refused what it was asked (read samples).',
        cause: fault,
      },
    );
    assert.deepEqual(pauses, []);
  });

  it('passes on what an attempt throws on purpose, and repeats only what is unavailable', async () => {
    const { persist, pauses } = world('broken');
    const conflict = new ParityError('conflict', 'mine');
    await assert.rejects(
      persist('x', () => Promise.reject(conflict)),
      conflict,
    );
    const mistake = new TypeError('yours');
    await assert.rejects(
      persist('x', () => Promise.reject(mistake)),
      mistake,
    );
    let attempts = 0;
    await persist('x', async () => {
      if (++attempts < 2) throw databaseUnavailable('not yet');
    });
    assert.deepEqual([attempts, pauses.length], [2, 1]);
  });
});
