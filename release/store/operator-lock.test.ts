import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Clock } from '../ports.ts';
import { memoryObjects } from '../testing/memory-objects.ts';
import { fairRaces } from '../testing/two-operators.ts';
import { takeOperatorLock, type HeldLock } from './operator-lock.ts';

const random = { bytes: randomBytes };
const leaseMs = 1_000;

/** A world in which `meanwhile` happens while somebody watches the lock. */
function aWorld(meanwhile: () => Promise<void> = async () => {}) {
  let passed = 0;
  const clock: Clock = {
    now: () => passed,
    monotonic: () => passed,
    delay: async ms => {
      passed += ms;
      await meanwhile();
    },
  };
  return { objects: memoryObjects(), clock, random };
}

describe('takeOperatorLock', () => {
  it('is had by one at a time, and the second is told who has it and since when', async () => {
    const held: HeldLock[] = [];
    const world = aWorld(async () => await held[0]?.renew());
    held.push(await takeOperatorLock(world, { who: 'anna', leaseMs }));
    await assert.rejects(takeOperatorLock(world, { who: 'otto', leaseMs }), {
      code: 'already_shipping',
      message:
        'anna has been at work on this pair since 1970-01-01T00:00:00.000Z: wait, or ask them to stop.',
    });
  });

  it('is free at once when it was given back', async () => {
    const world = aWorld();
    await (await takeOperatorLock(world, { who: 'anna', leaseMs })).release();
    await takeOperatorLock(world, { who: 'otto', leaseMs });
    assert.equal(world.clock.monotonic(), 0);
  });

  it('is lost by a dead one after a lease, and the dead one that wakes up is told', async () => {
    const world = aWorld();
    const dead = await takeOperatorLock(world, { who: 'anna', leaseMs });
    await takeOperatorLock(world, { who: 'otto', leaseMs });
    assert.equal(world.clock.monotonic(), leaseMs);
    await assert.rejects(dead.renew(), {
      code: 'lease_lost',
      message:
        'anna was silent for too long and lost the lock; it belongs to otto since 1970-01-01T00:00:00.000Z now. Nothing more was written: see ./parity status, then ./parity resume.',
    });
  });

  it('does not take from its heir what it lost', async () => {
    const world = aWorld();
    const dead = await takeOperatorLock(world, { who: 'anna', leaseMs });
    const heir = await takeOperatorLock(world, { who: 'otto', leaseMs });
    await dead.release();
    await heir.renew();
  });

  it('is won by one of two operators, in each of 200 races', async () => {
    assert.equal(await fairRaces(200, 1), 200);
  });

  it('goes to one of two who wait for the same dead one', async () => {
    const world = aWorld();
    await takeOperatorLock(world, { who: 'anna', leaseMs });
    const both = ['otto', 'emma'].map(who => takeOperatorLock(world, { who, leaseMs }));
    const results = await Promise.allSettled(both);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });
});
