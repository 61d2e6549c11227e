import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import type { Faults } from '../../domain/faults.ts';
import type { Call } from '../kit/http/exchange.ts';
import { manualClock } from '../kit/manual-clock.ts';
import { systemRandom, type Random } from '../kit/ports.ts';
import { crashAfterMs, faultyHandlers, happens } from './faulty-handlers.ts';

const call = {} as Call;

/** Storage's handlers of one route and of one thing that is asked inside, on a clock that stands still. */
function aFaultyService(faults: Faults, random: Random = systemRandom) {
  const clock = manualClock();
  const done: string[] = [];
  let crashes = 0;
  const answering = (name: string) => () => {
    done.push(name);
    return { status: 200, json: {} };
  };
  const honest: Record<'list' | 'outcomes', (call: Call) => unknown> = {
    list: answering('list'),
    outcomes: answering('outcomes'),
  };
  const crash = () => {
    crashes += 1;
    throw new ParityError('internal', 'gone');
  };
  const handlers = faultyHandlers('storage', honest, { faults, clock, random, crash });
  return { handlers, clock, done, crashes: () => crashes };
}

/** Draws the given numbers (0–1), one after the other. */
function drawing(...numbers: number[]): Random {
  return {
    bytes: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(Math.floor((numbers.shift() ?? 0) * 2 ** 32));
      return bytes;
    },
  };
}

describe('faultyHandlers', () => {
  it('fail that share of requests, before anything is done for them', async () => {
    const { handlers, done } = aFaultyService({ errors: 0.05 }, drawing(0.049, 0.051));
    await assert.rejects(async () => handlers.list(call), {
      code: 'internal',
      message: 'This release demonstrates failing: PARITY_FAULT says so.',
    });
    assert.deepEqual(done, []);
    await handlers.list(call);
    assert.deepEqual(done, ['list']);
  });

  it('let every request wait', async () => {
    const { handlers, clock, done } = aFaultyService({ latencyMs: 300 });
    const answer = handlers.list(call);
    clock.advance(299);
    assert.deepEqual(done, []);
    clock.advance(1);
    await answer;
    assert.deepEqual(done, ['list']);
  });

  it('end the process at the first request after some seconds, and not before', async () => {
    const { handlers, clock, crashes } = aFaultyService({ crash: true });
    clock.advance(crashAfterMs - 1);
    await handlers.list(call);
    assert.equal(crashes(), 0);
    clock.advance(1);
    await assert.rejects(async () => handlers.list(call));
    assert.equal(crashes(), 1);
  });

  it('answer the keeper as ever', async () => {
    const { handlers, clock, done } = aFaultyService({ errors: 1, latencyMs: 300, crash: true });
    clock.advance(crashAfterMs);
    await handlers.outcomes(call);
    assert.deepEqual(done, ['outcomes']);
  });
});

describe('happens', () => {
  it('always at 1, and never where nothing is said', () => {
    assert.deepEqual([happens(1, drawing(0.9999)), happens(undefined, drawing(0))], [true, false]);
  });
});
