import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../domain/errors.ts';
import { parities } from '../domain/parity.ts';
import { rollBack } from './orders.ts';
import { ship } from './ship.ts';
import { atStep } from './testing/at-step.ts';
import { finish } from './testing/finish.ts';
import { watchInvariants } from './testing/invariants.ts';
import { sprint42 } from './testing/shipped.ts';
import { testPolicy, testWorld } from './testing/test-world.ts';

const word = { who: 'otto', why: 'I do not like it', policy: testPolicy };

describe('rollBack', () => {
  it('takes everybody back within a second, seen through at both gateways', async () => {
    const world = await testWorld();
    const look = watchInvariants(world);
    await finish(world, ship(world, { ...sprint42, until: 'shift' }), look);
    const { taken, record, behind, tookMs } = await finish(world, rollBack(world, word), look);
    assert.deepEqual([taken, behind, record.threshold, record.candidate], [true, undefined, 0, '42']);
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
    for (const parity of parities)
      assert.equal(world.clusters[parity].gateway.current()?.recordVersion, record.version);
  });

  it('stops a release that nobody has met yet, and its engine with it', async () => {
    const world = await testWorld();
    const look = watchInvariants(world);
    const shipping = ship(world, sprint42);
    await world.clock.run({ isOver: () => world.record().step === 'deploy', forMs: 60_000, look });
    const back = finish(world, rollBack(world, word), look);
    const end = await finish(world, shipping, look);
    assert.equal((await back).taken, true);
    assert.deepEqual([end.outcome, end.step], ['rolled-back', 'deploy']);
    const { step, candidate, cohorts } = world.record();
    assert.deepEqual([step, candidate, cohorts], [undefined, '42', []]);
  });

  it('is not undone by an engine whose deploy is tried again', async () => {
    const { world, run } = await atStep('deploy');
    const { even } = world.clusters;
    const breaking = async () => {
      Object.assign(even, { run: alive });
      await rollBack(world, word);
      throw new ParityError('unreachable', 'even does not answer.');
    };
    const alive = even.run;
    Object.assign(even, { run: breaking });
    assert.equal((await run()).outcome, 'taken-back');
    assert.equal(world.record().step, undefined);
  });

  it('says so when there was nobody to take back', async () => {
    const world = await testWorld();
    const { taken, record } = await finish(world, rollBack(world, word));
    assert.deepEqual([taken, record.version], [false, 1]);
  });

  it('names the cluster whose gateway does not have it yet', async () => {
    const world = await testWorld();
    world.clusters.even.setUp(false);
    const { behind } = await finish(world, rollBack(world, word));
    assert.equal(behind, 'even: the keeper has not taken over version 1 of the record');
  });
});
