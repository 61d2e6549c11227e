import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { perParity } from '../domain/parity.ts';
import { recordIn } from '../domain/record-in.ts';
import { parseRelease } from '../domain/release.ts';
import { testWorld } from '../release/testing/test-world.ts';
import type { Cli } from './cli.ts';
import { drillWorld } from './drill-world.ts';
import { fakeCli } from './fake-world.ts';

const leaving = parseRelease('40');

/** The hands of a drill, where a release leaves whose queues hold `backlog` messages, by the time that has passed. */
async function hands(context: TestContext, backlog: (passedMs: number) => number) {
  const told: string[] = [];
  let passed = 0;
  let record = { ...recordIn('settled'), retiring: [leaving] };
  const nothing = async () => {};
  const cluster = {
    ...{ unpublish: nothing, stop: nothing, deleteQueues: nothing },
    backlog: async () => backlog(passed),
  };
  const store = {
    read: async () => record,
    write: async () => (record = { ...record, retiring: [] }),
  };
  const { clusters, ...rest } = await testWorld();
  const world = { ...rest, store, clusters: perParity(parity => ({ ...clusters[parity], ...cluster })) };
  const fake = await fakeCli(context);
  const clock = {
    ...fake.world.clock,
    monotonic: () => passed,
    delay: async (ms: number) => void (passed += ms),
  };
  const cli: Cli = {
    ...{ ...fake.world, clock, mention: line => told.push(line) },
    ...{ show: () => {}, endWith: () => {}, json: () => false },
  };
  const { signal } = new AbortController();
  const drill = drillWorld(cli, { world, signal, lending: { lend: nothing, takeAgain: nothing } });
  return { ...drill.hands, told, passed: () => passed };
}

describe('drillWorld, forgetting its release', () => {
  it('waits until nothing is left of it', async context => {
    const { forgetDrillRelease, told, passed } = await hands(context, ms => (ms < 1_000 ? 3 : 0));
    await forgetDrillRelease();
    assert.deepEqual([told, passed()], [[], 1_000]);
  });

  it('says what is left when it gives up after two minutes', async context => {
    const { forgetDrillRelease, told, passed } = await hands(context, () => 3);
    await forgetDrillRelease();
    assert.deepEqual(told, [
      'not gone after 2 min: 40 with 6 messages in its queues; the pair goes on with it, see ./parity status',
    ]);
    assert.equal(passed(), 120_000);
  });
});
