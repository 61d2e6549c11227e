import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease, type Release } from '../domain/release.ts';
import { abort, promote } from './orders.ts';
import { shiftByHand } from './shift-by-hand.ts';
import { ship } from './ship.ts';
import type { Progress } from './shipment.ts';
import { takeBackUsers } from './take-back.ts';
import { finish } from './testing/finish.ts';
import { watchInvariants } from './testing/invariants.ts';
import { mortal } from './testing/kill-switch.ts';
import { shipped, sprint42, untilRecord } from './testing/shipped.ts';
import { testPolicy, testWorld, type TestWorld } from './testing/test-world.ts';

const [r42, r43] = ['42', '43'].map(parseRelease) as [Release, Release];
const word = { who: 'otto', why: 'I do not like it' };

describe('ship', () => {
  it('takes a good release from deploy to settled', async () => {
    const world = await testWorld();
    const end = await shipped(world);
    assert.deepEqual(end, { outcome: 'settled', step: undefined, why: '42 is live and settled', seen: [] });
    const { live, retiring, threshold, candidate } = world.record();
    assert.deepEqual(live, { parity: 'even', release: '42' });
    assert.deepEqual(
      { retiring, threshold, candidate },
      { retiring: ['41'], threshold: 0, candidate: undefined },
    );
    assert.deepEqual(await world.dns.weights(), { odd: 0, even: 255 });
  });

  it('tells in the journal who did what, when, why, how long, and what was seen', async () => {
    const world = await testWorld();
    await shipped(world);
    const entries = await world.journal.read(r42);
    const steps = entries.filter(entry => entry.kind === 'step');
    const ids = 'preflight deploy verify beta,shift 10%,shift 50%,shift 100%,cover flip bake settle';
    assert.deepEqual(
      steps.map(({ step }) => step),
      ids.split(',').flatMap(part => (part.startsWith('shift') ? part : part.split(' '))),
    );
    const shifted = steps.find(({ step }) => step === 'shift 10%');
    assert.equal(shifted?.who, 'anna');
    assert.ok((shifted?.tookMs ?? 0) >= 2_000);
    assert.match(shifted?.seen.join('\n') ?? '', /errors, .*: pass: 0\.00 % of 20000 users on the candidate/);
    const writes = entries.filter(entry => entry.kind === 'write').map(({ what }) => what);
    for (const what of ['enter deploy', '42 runs on even', 'shift 50%', 'flip'])
      assert.ok(writes.includes(what), what);
  });

  it('lets its operator watch: each step, each look with its judgement, each end', async () => {
    const world = await testWorld();
    const told: Progress[] = [];
    await shipped(world, { until: 'shift', tell: progress => told.push(progress) });
    const begun = told.filter(({ kind }) => kind === 'step').map(({ step }) => step);
    assert.deepEqual(begun.slice(-2), ['shift 50%', 'shift 100%']);
    assert.deepEqual(told.at(-1), {
      kind: 'end',
      step: 'shift 100%',
      outcome: 'done',
      why: 'all gates pass',
    });
    const looks = told.filter(progress => progress.kind === 'look' && progress.threshold === 500);
    assert.ok(looks.length >= 2);
  });

  it('tells that everybody is on it once roles have changed', async () => {
    const world = await testWorld();
    const thresholds = new Set<number>();
    const tell = (progress: Progress) =>
      progress.kind === 'look' && /flip|bake/.test(progress.step) && thresholds.add(progress.threshold);
    await shipped(world, { tell });
    assert.deepEqual([...thresholds], [1000]);
  });

  it('stops when its operator leaves, and leaves users where they are for the unattended time', async () => {
    const world = await testWorld();
    const leaving = new AbortController();
    const shipping = ship(world, { ...sprint42, signal: leaving.signal });
    await untilRecord(world, ({ threshold }) => threshold === 500);
    leaving.abort();
    const end = await finish(world, shipping, watchInvariants(world));
    assert.deepEqual([end.outcome, end.why], ['waiting', 'anna left; nothing was taken back']);
    const { threshold, judgedUntil } = world.record();
    assert.equal(threshold, 500);
    assert.ok(Date.parse(judgedUntil ?? '') > world.clock.now() + testPolicy.unattendedMs - 2_000);
    assert.equal((await shipped(world, { who: 'otto' })).outcome, 'settled');
  });

  it('that goes on answers for users as usual: if it dies they are back in the usual time, also when it was blind', async () => {
    for (const away of [false, true]) {
      const world = await testWorld();
      const leaving = new AbortController();
      const first = ship(world, { ...sprint42, signal: leaving.signal });
      await untilRecord(world, ({ threshold }) => threshold === 500);
      leaving.abort();
      await finish(world, first);
      world.fleet.away = away;
      const { version } = world.record();
      const second = mortal(world);
      ship(second.world, { ...sprint42, who: 'otto' }).catch(() => {});
      await untilRecord(world, ({ writes }) => writes[0]?.why === 'otto is at it again');
      assert.ok(world.record().version > version);
      second.kill();
      const diedMs = world.clock.monotonic();
      await untilRecord(world, ({ threshold }) => threshold === 0);
      assert.ok(world.clock.monotonic() - diedMs <= testPolicy.judgedForMs + testPolicy.gateIntervalMs);
    }
  });

  it('begins nothing more once its operator has left: neither in preflight nor at the end of a hold', async () => {
    const world = await testWorld();
    const leaveAt = (at: 'step' | 'end', of: string) => {
      const leaving = new AbortController();
      const tell = ({ kind, step }: Progress) => kind === at && step === of && leaving.abort();
      return shipped(world, { signal: leaving.signal, tell });
    };
    const early = await leaveAt('step', 'preflight');
    assert.deepEqual([early.outcome, early.step], ['waiting', 'preflight']);
    assert.equal(world.record().version, 1);
    const { outcome, step, why } = await leaveAt('end', 'shift 10%');
    assert.deepEqual([outcome, step, why], ['waiting', 'shift 10%', 'anna left; nothing was taken back']);
    assert.deepEqual([world.record().threshold, world.record().step], [100, 'shift 10%']);
  });

  it('is done when it is asked again', async () => {
    const world = await testWorld();
    await shipped(world);
    const { version } = world.record();
    assert.equal((await shipped(world)).outcome, 'settled');
    assert.equal(world.record().version, version);
  });

  it('turns first when the idle cluster is not the sprint’s', async () => {
    const world = await testWorld();
    const end = await shipped(world, { release: r43 });
    assert.equal(end.outcome, 'settled');
    assert.deepEqual(world.record().live, { parity: 'odd', release: '43' });
    const entries = await world.journal.read(r43);
    assert.ok(
      entries.some(entry => entry.kind === 'step' && entry.step === 'turn' && entry.outcome === 'done'),
    );
  });

  it('stops after the step that it was told', async () => {
    const world = await testWorld();
    const end = await shipped(world, { until: 'beta' });
    assert.equal(end.outcome, 'reached');
    assert.deepEqual(world.record().cohorts, ['smoke', 'beta']);
    assert.equal((await shipped(world)).outcome, 'settled');
  });

  it('refuses to stop at a step that is behind, and leaves everything as it is', async () => {
    const world = await testWorld();
    await shipped(world, { until: 'beta' });
    await finish(world, shiftByHand(world, { ...word, policy: testPolicy, threshold: 100 }));
    const { version } = world.record();
    await assert.rejects(shipped(world, { until: 'beta' }), {
      code: 'release_refused',
      message:
        'Release 42 is at shift 10%, past beta: go on until flip or settled, or take everybody back (./parity rollback).',
    });
    assert.equal(world.record().version, version);
    await shipped(world, { until: 'flip' });
    assert.equal((await shipped(world, { until: 'flip' })).outcome, 'reached');
    await assert.rejects(shipped(world, { until: 'beta' }), {
      code: 'release_refused',
      message: /^Release 42 is at flip, past beta: go on until flip or settled/,
    });
  });

  it('waits for a person where the policy says so, and goes on after his word', async () => {
    const world = await testWorld();
    const policy = { ...testPolicy, approval: ['beta' as const] };
    const end = await shipped(world, { policy });
    assert.equal(end.outcome, 'waiting');
    assert.equal(end.why, 'a person must approve beta');
    await finish(world, promote(world, 'beta', { ...word, policy }));
    assert.equal((await shipped(world, { policy })).outcome, 'settled');
  });
});

describe('ship, when it goes wrong', () => {
  it('calls it rolled back also when a keeper was faster to say worse', async () => {
    const world = await testWorld();
    const { append } = world.journal;
    world.journal.append = async (release, entries) => {
      if (entries.some(entry => entry.kind === 'step' && entry.outcome === 'failed'))
        await takeBackUsers(world, word);
      await append(release, entries);
    };
    const end = ship(world, sprint42);
    end.catch(() => {});
    await untilRecord(world, ({ threshold }) => threshold === 500);
    world.fleet.errors.set(r42, 0.05);
    assert.equal((await finish(world, end)).outcome, 'rolled-back');
  });

  it('stops at deploy when the candidate cannot start, and no user ever saw it', async () => {
    const world = await testWorld();
    world.cannotStart.add(r42);
    const end = await shipped(world);
    assert.deepEqual(
      [end.outcome, end.step, end.why],
      ['failed', 'deploy', '42 on even: its image is missing'],
    );
    assert.equal(world.record().threshold, 0);
  });

  it('ships a repaired build in the place of a rejected one', async () => {
    const world = await testWorld();
    world.cannotStart.add(r42);
    await shipped(world);
    assert.equal((await shipped(world, { release: parseRelease('42.1') })).outcome, 'settled');
    assert.deepEqual(world.record().live, { parity: 'even', release: '42.1' });
    assert.deepEqual(world.record().retiring, ['42', '41']);
  });

  it('takes it back when a smoke test fails', async () => {
    const world = await testWorld();
    world.brokenSmoke.add(r42);
    const end = await shipped(world);
    assert.deepEqual(
      [end.outcome, end.step, end.why],
      ['rolled-back', 'verify', 'failed: upload and read back'],
    );
    assert.deepEqual(world.record().cohorts, []);
  });

  it('does not begin when something is not in order', async () => {
    const world = await testWorld();
    world.clusters.even.setUp(false);
    const end = await shipped(world);
    assert.deepEqual([end.outcome, end.step], ['failed', 'preflight']);
  });

  for (const step of ['beta', 'shift 50%', 'cover', 'flip', 'bake'] as const) {
    it(`takes it back when it gets worse at ${step}`, async () => {
      const world = await testWorld();
      const end = ship(world, sprint42);
      end.catch(() => {});
      await untilRecord(world, record => record.step === step);
      world.fleet.errors.set(r42, 0.05);
      const { outcome, why } = await finish(world, end, watchInvariants(world));
      assert.equal(outcome, 'rolled-back');
      assert.match(why, /errors: above the objective of 1\.0 % by at least \d\.\d points/);
      const { live, threshold, cohorts, candidate } = world.record();
      assert.deepEqual(
        { live, threshold, cohorts, candidate },
        { live: { parity: 'odd', release: '41' }, threshold: 0, cohorts: [], candidate: '42' },
      );
      assert.deepEqual(await world.dns.weights(), { odd: 255, even: 0 });
    });
  }

  it('ends at once when a person rolls it back', async () => {
    const world = await testWorld();
    const end = ship(world, sprint42);
    await untilRecord(world, record => record.threshold === 500);
    await finish(world, takeBackUsers(world, word));
    const { outcome, why } = await finish(world, end);
    assert.equal(outcome, 'rolled-back');
    assert.equal(why, 'by otto (I do not like it)');
  });

  it('does not enter the next step when a person rolls it back between two', async () => {
    const world = await testWorld();
    const back: Promise<unknown>[] = [];
    const tell = ({ kind, step }: Progress) => {
      if (kind === 'end' && step === 'beta') back.push(takeBackUsers(world, word));
    };
    const { outcome, step } = await shipped(world, { tell });
    await finish(world, Promise.all(back));
    assert.deepEqual([outcome, step], ['rolled-back', 'shift 10%']);
    assert.equal(world.record().threshold, 0);
  });

  it('gives a release up when a person aborts it, and retires it', async () => {
    const world = await testWorld();
    await shipped(world, { until: 'beta' });
    await finish(world, abort(world, word));
    assert.deepEqual(world.record().retiring, ['42']);
    await assert.rejects(shipped(world), {
      code: 'release_refused',
      message: 'Release 42 has been given up: ship a repaired build of its sprint.',
    });
  });

  it('waits when a cluster’s keeper does not take the record over', async () => {
    const world = await testWorld();
    const end = ship(world, sprint42);
    await untilRecord(world, record => record.threshold === 100);
    world.clusters.odd.setUp(false);
    const { outcome, step, why } = await finish(world, end);
    assert.deepEqual([outcome, step], ['waiting', 'shift 10%']);
    assert.match(why, /^odd: the keeper has not taken over version \d+ of the record$/);
    world.clusters.odd.setUp(true);
    assert.equal((await shipped(world)).outcome, 'settled');
  });

  it('is ended by the keepers when the engine dies in the middle of a shift', async () => {
    const world = await testWorld();
    void ship({ ...world, clock: { ...world.clock, delay: dyingAfter(world, 500) } }, sprint42);
    await untilRecord(world, record => record.threshold === 500);
    await untilRecord(world, record => record.threshold === 0);
    assert.equal(world.record().writes[0]?.why, 'nobody judged in time');
    assert.match(world.record().writes[0]?.who ?? '', /^keeper /);
  });
});

/** A process that goes to sleep for ever once the threshold is reached. */
function dyingAfter(world: TestWorld, threshold: number) {
  return (ms: number): Promise<void> =>
    world.record().threshold >= threshold ? new Promise(() => {}) : world.clock.delay(ms);
}
