import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeBack } from '../../domain/record-changes.ts';
import { recordIn, recordTime, type ReleasePhase } from '../../domain/record-in.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { parseRelease } from '../../domain/release.ts';
import { laptopPolicy } from '../policies.ts';
import { objectJournal } from '../store/object-journal.ts';
import { createRecord, objectRecordStore } from '../store/record-store.ts';
import { fakeGateway } from '../testing/fake-gateway.ts';
import { fakeMetrics, type Fleet } from '../testing/fake-outside.ts';
import { memoryObjects, type StoreFault } from '../testing/memory-objects.ts';
import { createKeeper } from './keeper.ts';

const r42 = parseRelease('42');
const why = { who: 'anna', what: 'a change', why: 'a test', about: r42 };

/** A keeper whose time stands still unless it is set, over a record in the given phase. */
async function aKeeper(phase: ReleasePhase) {
  const time = { ms: recordTime.nowMs };
  const clock = { now: () => time.ms, monotonic: () => time.ms, delay: async () => {} };
  const store = { fault: 'none' as StoreFault, answers: Promise.resolve() };
  const objects = memoryObjects(
    () => store.fault,
    () => store.answers,
  );
  const records = objectRecordStore({
    objects,
    journal: objectJournal({ objects, clock }),
    clock,
    random: { bytes: count => Buffer.alloc(count, time.ms++) },
  });
  const first = await createRecord({ objects, clock }, recordIn(phase));
  const fleet: Fleet = { errors: new Map(), ended: new Map(), away: false, apart: [] };
  const gateway = fakeGateway(() => true);
  let remembered: ReleaseRecord | undefined;
  const metrics = fakeMetrics(fleet);
  const parts = {
    who: 'keeper odd',
    store: records,
    memory: {
      load: async () => remembered,
      save: async (record: ReleaseRecord) => {
        remembered = record;
      },
    },
    gateway,
    metrics,
    policy: laptopPolicy,
    clock,
  };
  const again = () => {
    const keeper = createKeeper(parts);
    const round = async () => {
      await keeper.follow();
      await keeper.judge();
    };
    return { ...keeper, round };
  };
  const pass = (ms: number) => (time.ms += ms);
  return { keeper: again(), again, pass, store, fleet, metrics, gateway, records, first };
}

describe('createKeeper', () => {
  it('renders the newest record, reads it back from every replica, and reports', async () => {
    const { keeper, gateway, records, first } = await aKeeper('shifted');
    await keeper.round();
    assert.equal(gateway.current()?.routing.threshold, 1000);
    await records.write(first, takeBack, why);
    await keeper.round();
    assert.equal(keeper.report()?.rendered.threshold, 0);
    assert.deepEqual([keeper.report()?.recordVersion, keeper.report()?.readBack], [2, true]);
    assert.equal(keeper.record()?.version, 2);
  });

  it('does not report as read back what a replica has not taken over', async () => {
    const { keeper, gateway } = await aKeeper('settled');
    const newer = { recordVersion: 9, lapsed: false, routing: recordIn('settled') };
    await gateway.apply(newer);
    await keeper.round();
    assert.equal(keeper.report()?.readBack, false);
    assert.equal(gateway.current(), newer);
  });

  it('knows nothing before it has met a record', async () => {
    const { keeper, store, gateway } = await aKeeper('settled');
    store.fault = 'away';
    await keeper.round();
    assert.equal(keeper.report(), undefined);
    assert.equal(gateway.current(), undefined);
  });

  it('takes everybody back when nobody judges, also while the store is away, and writes it when it is back', async () => {
    const { keeper, store, gateway, pass, records } = await aKeeper('beta');
    await keeper.round();
    store.fault = 'away';
    pass(recordTime.judgedForMs + 1);
    await keeper.round();
    assert.deepEqual(gateway.current()?.routing.cohorts, []);
    store.fault = 'none';
    await keeper.round();
    const { writes, cohorts } = await records.read();
    assert.deepEqual(cohorts, []);
    assert.deepEqual([writes[0]?.who, writes[0]?.why], ['keeper odd', 'nobody judged in time']);
  });

  it('takes everybody back in time also while it waits for a slow store', async () => {
    const { keeper, store, gateway, pass } = await aKeeper('shifted');
    await keeper.round();
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(store, { fault: 'slow', answers: promise });
    const waiting = keeper.round();
    pass(recordTime.judgedForMs + 1);
    await keeper.render();
    assert.equal(gateway.current()?.routing.threshold, 0);
    resolve();
    await waiting;
  });

  it('does not let users return to what nobody judged when the clock jumps back', async () => {
    const { keeper, store, gateway, pass } = await aKeeper('shifted');
    await keeper.round();
    store.fault = 'away';
    pass(recordTime.judgedForMs + 1);
    await keeper.round();
    pass(-recordTime.judgedForMs);
    await keeper.round();
    assert.equal(gateway.current()?.routing.threshold, 0);
  });

  it('leaves what an earlier life of its own has rendered as lapsed', async () => {
    const { keeper, again, store, gateway, pass } = await aKeeper('shifted');
    await keeper.round();
    store.fault = 'away';
    pass(recordTime.judgedForMs + 1);
    await keeper.round();
    pass(-recordTime.judgedForMs);
    await again().round();
    assert.equal(gateway.current()?.routing.threshold, 0);
  });

  it('follows while it judges, and who asks while it follows shares the next turn', async () => {
    const { keeper, metrics, records, gateway, first } = await aKeeper('shifted');
    await keeper.follow();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    metrics.sample = async () => {
      resolve();
      return await new Promise<never>(() => {});
    };
    void keeper.judge();
    await asked;
    await records.write(first, takeBack, why);
    await Promise.all([keeper.follow(), keeper.follow(), keeper.follow()]);
    assert.equal(gateway.current()?.recordVersion, 2);
  });

  it('takes everybody back while its gateway still looks at what was before', async () => {
    const { keeper, gateway, records, first } = await aKeeper('shifted');
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const { apply } = gateway;
    gateway.apply = async rendered => {
      if (rendered.recordVersion === first.version) await looked;
      await apply(rendered);
    };
    const before = keeper.follow();
    while (keeper.record() === undefined) await new Promise(setImmediate);
    await records.write(first, takeBack, why);
    await keeper.follow();
    assert.equal(gateway.current()?.routing.threshold, 0);
    resolve();
    await before;
    assert.equal(gateway.current()?.recordVersion, 2);
    assert.deepEqual([keeper.report()?.recordVersion, keeper.report()?.readBack], [2, true]);
  });

  it('remembers over its own death until when users may be where they are', async () => {
    const { keeper, again, store, gateway, pass } = await aKeeper('baking');
    await keeper.round();
    store.fault = 'away';
    const heir = again();
    pass(recordTime.judgedForMs + 1);
    await heir.round();
    assert.deepEqual(gateway.current()?.routing.live, { parity: 'odd', release: '41' });
  });

  it('takes away what is worse, and says why', async () => {
    const { keeper, fleet, records } = await aKeeper('shifted');
    fleet.errors.set(r42, 0.05);
    await keeper.round();
    const { threshold, writes } = await records.read();
    assert.equal(threshold, 0);
    assert.match(writes[0]?.why ?? '', /^errors: above the objective of 1\.0 %/);
    assert.equal(keeper.report()?.judgement?.verdict, 'worse');
  });

  it('judges a bake itself, so that an engine may be dead for all of it', async () => {
    const { keeper, records, pass } = await aKeeper('baking');
    pass(recordTime.judgedForMs - 1_000);
    await keeper.round();
    const { judgedUntil, writes } = await records.read();
    assert.ok(Date.parse(judgedUntil ?? '') > recordTime.nowMs + recordTime.judgedForMs);
    assert.equal(writes[0]?.what, 'judged');
  });

  it('leaves a shift to the engine, and a bake that it cannot see to its end', async () => {
    for (const phase of ['shifted', 'baking'] as const) {
      const { keeper, records, fleet, pass } = await aKeeper(phase);
      fleet.away = phase === 'baking';
      pass(recordTime.judgedForMs - 1_000);
      await keeper.round();
      assert.equal((await records.read()).version, 1);
    }
  });
});
