import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import { rejectCandidate } from '../../domain/record-changes.ts';
import { recordIn } from '../../domain/record-in.ts';
import type { RetiringWorld } from '../../release/retire.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { retireInBackground } from './retire-in-background.ts';

/** A release that was given up; `broken` says why its queues cannot be deleted. */
function aRetirement(broken: () => string | undefined) {
  const clock = manualClock();
  const told: string[] = [];
  const done: string[] = [];
  let record = rejectCandidate(recordIn('deployed'));
  const noted = (what: string) => async () => void done.push(what);
  const cluster = {
    ...{ unpublish: noted('unpublish'), stop: noted('stop'), backlog: async () => 0 },
    deleteQueues: async () => {
      const why = broken();
      if (why !== undefined) throw new ParityError('would_lose', why);
      done.push('delete');
    },
  };
  const world: RetiringWorld = {
    clusters: { odd: cluster, even: cluster },
    store: {
      read: async () => record,
      write: async (from, change) => (record = { ...change(from), version: from.version + 1 }),
    },
  };
  const stopping = new AbortController();
  const tell = (line: string) => void told.push(line);
  const running = retireInBackground(world, { clock, tell, stop: stopping.signal });
  return {
    ...{ told, done, running, stopping },
    record: () => record,
    pass: async () => {
      clock.advance(2_000);
      for (let turns = 0; turns < 10; turns++) await turn();
    },
  };
}

describe('retireInBackground', () => {
  it('takes leave of what retires, and ends with the pair', async () => {
    const { pass, done, record, stopping, running } = aRetirement(() => undefined);
    await pass();
    assert.deepEqual(record().retiring, []);
    assert.deepEqual(done, ['unpublish', 'unpublish', 'stop', 'stop', 'delete', 'delete']);
    stopping.abort();
    await running;
  });

  it('comes again without a word, and tells what stays, once', async () => {
    let why: string | undefined = 'it still has 1 consumers';
    const { pass, told, record, stopping, running } = aRetirement(() => why);
    await pass();
    assert.deepEqual(told, []);
    for (let again = 0; again < 3; again++) await pass();
    assert.deepEqual(told, ['retirement: it still has 1 consumers']);
    why = undefined;
    await pass();
    assert.deepEqual([record().retiring, told.length], [[], 1]);
    stopping.abort();
    await running;
  });
});
