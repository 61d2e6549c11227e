import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ReleaseRecord } from '../../domain/record.ts';
import { parseRelease } from '../../domain/release.ts';
import { finish } from '../../release/testing/finish.ts';
import { watchInvariants } from '../../release/testing/invariants.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { testWorld, type TestWorld } from '../../release/testing/test-world.ts';
import { fakeCli, type FakeCli } from '../fake-world.ts';

type Told = Awaited<ReturnType<FakeCli['run']>>;

interface Shipping extends FakeCli {
  readonly releases: TestWorld;
  /** Runs a command line in virtual time. */
  through(...args: string[]): Promise<Told>;
  /** Lets time pass until the record says so, while a command runs. */
  until(isSo: (record: ReleaseRecord) => boolean): Promise<void>;
}

async function aPair(context: TestContext, answer?: string): Promise<Shipping> {
  const releases = await testWorld(laptopPolicy);
  const cli = await fakeCli(context, undefined, { releases, answer });
  const look = watchInvariants(releases);
  return {
    ...cli,
    releases,
    through: (...args) => finish(releases, cli.run(...args), look),
    until: async isSo => {
      await releases.clock.run({ isOver: () => isSo(releases.record()), forMs: 120_000, look });
      assert.ok(isSo(releases.record()));
    },
  };
}

describe('parity ship', () => {
  it('ships to the end, a line per event where no screen is, and exits with 0', async context => {
    const { through, registered, releases } = await aPair(context);
    const { code, out } = await through('ship', '42');
    assert.equal(code, 0);
    const lines = out.split('\n');
    assert.match(lines[0] ?? '', /^05:00:00 {2}preflight … {2}\(about 1 min \d+ s left\)$/);
    assert.match(out, /^\d\d:\d\d:\d\d {2}shift 50%: threshold 50 %, pass: all gates pass$/m);
    assert.match(out, /^\d\d:\d\d:\d\d {2}shift 50% done after 1\d s: all gates pass$/m);
    assert.match(
      out,
      /errors, slow uploads, .* pushes failed: pass: 0\.00 % of 20000 users on the candidate, 0\.00 % of 20000 users on the live/,
    );
    assert.match(lines.at(-1) ?? '', /^Release 42 is live and settled, after 1 min \d+ s\.$/);
    assert.deepEqual(registered, [{ release: '42', ref: undefined, fault: undefined }]);
    assert.deepEqual(releases.record().live, { parity: 'even', release: '42' });
    assert.equal(
      (await through('ship', '42')).out,
      'Release 42 is live and settled: there is nothing to do.',
    );
  });

  it('shows the plan and asks once where somebody sits, and does nothing unless he agrees', async context => {
    const { through, releases, registered } = await aPair(context, 'n');
    const { code, err } = await through('ship', '42');
    assert.equal(code, 1);
    assert.match(err, /^Release 42 after 41, to even, by the laptop policy/);
    assert.match(err, /Nothing was done\.$/);
    assert.deepEqual([releases.record().version, registered], [1, []]);
  });

  it('shows on a screen the steps, the threshold, both sides and the time left', async context => {
    const { through, screen } = await aPair(context, 'y');
    assert.equal((await through('ship', '42', '--until', 'flip')).code, 0);
    const shown = screen().join('\n');
    assert.match(shown, /^Release 42 after 41: \d[ \dmins]+s, about 0 ms left\n/);
    assert.match(shown, /shift 100% ✓ {2}cover ✓ {2}flip ✓$/m);
    assert.match(shown, /errors +0\.00 % of 20000 users +0\.00 % of 20000 users before +pass/);
  });

  it('has another source and a fault prepared when they are named', async context => {
    const { through, registered } = await aPair(context);
    await through('ship', '42', '--from', 'v42', '--fault', 'errors=5%', '--until', 'beta', '--yes');
    assert.deepEqual(registered, [{ release: '42', ref: 'v42', fault: 'errors=5%' }]);
  });

  it('refuses to make something else of the release that is live, and names the repair', async context => {
    const { through, registered } = await aPair(context);
    await through('ship', '42');
    for (const flags of [
      ['--from', 'fix'],
      ['--fault', 'errors=5%'],
    ]) {
      const { code, out, err } = await through('ship', '42', ...flags);
      assert.deepEqual([code, out], [1, '']);
      assert.equal(err, 'parity: Release 42 is live, and stays the build that it is: ship this one as 42.1.');
    }
    assert.equal(registered.length, 1);
  });

  it('refuses what is no fault before anybody is asked', async context => {
    const { through, registered } = await aPair(context, 'y');
    const { code, err } = await through('ship', '42', '--fault', 'flood');
    assert.equal(code, 2);
    assert.match(err, /^parity: "flood" is no fault: give errors=5%/);
    assert.deepEqual(registered, []);
  });

  it('exits with 3 when a bad release took itself back, and says which gate saw what', async context => {
    const { through, releases } = await aPair(context);
    releases.fleet.errors.set(parseRelease('42'), 0.2);
    const { code, out } = await through('ship', '42', '--json');
    assert.equal(code, 3);
    const end = JSON.parse(out) as { outcome: string; why: string; threshold: number };
    assert.deepEqual([end.outcome, end.threshold], ['rolled-back', 0]);
    assert.match(end.why, /^errors: above the objective of 1\.0 %/);
    const again = await through('resume');
    assert.equal(again.code, 1);
    assert.match(
      again.err,
      /Release 42 has been taken back by \S+ \(errors: .*\): ship it again, ship a repaired build, or abort it\./,
    );
  });

  it('exits with 1 when it fails before anybody met it', async context => {
    const { through, releases } = await aPair(context);
    releases.cannotStart.add(parseRelease('42'));
    const { code, out } = await through('ship', '42');
    assert.equal(code, 1);
    assert.match(
      out,
      /Release 42 failed at deploy: 42 on even: its image is missing\nNobody has met it; 41 is live\.$/,
    );
  });

  it('tells a second operator who ships, and since when', async context => {
    const { run, releases, until } = await aPair(context);
    const first = run('ship', '42');
    await until(({ threshold }) => threshold > 0);
    const other = await fakeCli(context, undefined, { releases });
    const { code, err } = await finish(releases, other.run('ship', '42'));
    assert.equal(code, 1);
    assert.match(
      err,
      /^anna has the lock since 05:00:00; whether he is still there shows within 10 s …\nparity: anna has been at work on this pair since 2026-11-22T05:00:00\.\d+Z: wait, or ask them to stop\.$/,
    );
    await finish(releases, first);
  });

  it('ships what the operator who has the lock wants, whatever the second one would make of the name', async context => {
    const { run, releases, registered } = await aPair(context);
    const first = run('ship', '42');
    await releases.clock.run({ forMs: 100 });
    const other = await fakeCli(context, undefined, { releases });
    const { code } = await finish(releases, other.run('ship', '42', '--fault', 'errors=30%', '--yes'));
    assert.deepEqual([code, other.registered], [1, []]);
    assert.equal((await finish(releases, first)).code, 0);
    assert.deepEqual(registered, [{ release: '42', ref: undefined, fault: undefined }]);
  });

  it('tells in the journal what was shipped', async context => {
    const { through, releases } = await aPair(context);
    await through('ship', '42', '--from', 'v42', '--fault', 'errors=5%', '--until', 'beta', '--yes');
    const told = async (release: string) =>
      (await releases.journal.read(parseRelease(release))).find(
        entry => entry.kind === 'write' && entry.what === 'enter deploy',
      )?.why;
    assert.equal(await told('42'), 'sprint 42 (v42, commit c0ffee123456, fault errors=5%)');
    await through('abort');
    await through('ship', '42.1', '--until', 'beta', '--why', 'repaired');
    assert.equal(await told('42.1'), 'repaired (the present checkout, commit facade123456-dirty)');
  });

  it('on Ctrl-C in preflight begins nothing, and says what begins it again', async context => {
    const { run, interrupt, releases } = await aPair(context);
    const { pair } = releases.checks;
    const slow = async () => (await releases.clock.delay(3_000), await pair());
    Object.assign(releases.checks, { pair: slow });
    const shipping = run('ship', '42');
    await releases.clock.run({ forMs: 1_000 });
    interrupt();
    const { code, out } = await finish(releases, shipping);
    assert.equal(code, 4);
    assert.match(
      out,
      /waits at preflight: anna left; .*\nNobody is on 42\.\n {2}\.\/parity ship 42 begins again\.$/,
    );
    assert.equal(releases.record().version, 1);
  });

  it('on Ctrl-C leaves users where they are, says for how long, and resume goes on', async context => {
    const { run, through, interrupt, releases, until } = await aPair(context);
    const shipping = run('ship', '42');
    await until(({ threshold }) => threshold === 500);
    interrupt();
    const { code, out, err } = await finish(releases, shipping);
    assert.equal(code, 4);
    assert.match(err, /^Leaving in order \(Ctrl-C again ends it at once/);
    assert.match(out, /Release 42 waits at shift 50%: anna left; nothing was taken back/);
    assert.match(out, /^50 % of the users and cohorts smoke, beta are on 42\. Keepers take them/m);
    assert.match(out, /or in 10 min if nobody goes on\.$/m);
    assert.equal((await through('resume')).code, 0);
    assert.deepEqual(releases.record().live, { parity: 'even', release: '42' });
  });
});

describe('parity shift, promote, rollback, abort', () => {
  it('shift by hand, and take everybody back in a second', async context => {
    const { through, releases } = await aPair(context);
    await through('ship', '42', '--until', 'beta');
    const shifted = await through('shift', '25');
    assert.equal(shifted.code, 0);
    assert.match(shifted.out, /^25 % of the users are on 42, at both gateways\. They stay there for 10 min/);
    const back = await through('rollback', '--why', 'agents cannot open PDFs');
    assert.match(back.out, /^Everybody is on 41, at both gateways after \d+ ms\.$/);
    assert.equal(releases.record().writes[0]?.why, 'agents cannot open PDFs');
    const given = await through('abort');
    assert.equal(given.out, 'Release 42 is given up; everybody is on 41.');
  });

  it('roll back, or give up, a release that nobody has met yet', async context => {
    for (const word of ['rollback', 'abort']) {
      const { run, releases, until } = await aPair(context);
      const shipping = run('ship', '42');
      await until(({ step }) => step === 'deploy');
      const other = await fakeCli(context, undefined, { releases });
      const { code, out } = await finish(releases, other.run(word, '--why', 'stop it'));
      assert.equal(code, 0);
      assert.match(
        out,
        /^Release 42 (was stopped before anybody met it: everybody is on 41, at|is given up;)/,
      );
      assert.equal((await finish(releases, shipping)).code, 3);
      assert.deepEqual(releases.record().cohorts, []);
    }
  });

  it('say who may be in preflight, of which the record knows nothing, and exit with 1', async context => {
    const { run, releases } = await aPair(context);
    const { pair } = releases.checks;
    const checking = Promise.withResolvers<void>();
    Object.assign(releases.checks, { pair: () => checking.promise.then(pair) });
    const shipping = run('ship', '42', '--until', 'beta');
    await releases.clock.run({ forMs: 3_000 });
    const other = await fakeCli(context, undefined, { releases });
    const unseen =
      /anna has the lock since 05:00:00, so a release may be in its preflight: Ctrl-C there ends it, or say this again when it is at deploy\.$/;
    const back = await finish(releases, other.run('rollback'));
    assert.equal(back.code, 1);
    assert.match(back.out, /^There was nobody to take back: everybody is on 41\. But anna/);
    assert.match(back.out, unseen);
    const given = await finish(releases, other.run('abort'));
    assert.equal(given.code, 1);
    assert.match(given.err, unseen);
    checking.resolve();
    assert.equal((await finish(releases, shipping)).code, 0);
  });

  it('shift ends in order at Ctrl-C, with 4 and no lock left behind', async context => {
    const { run, through, releases, until, interrupt } = await aPair(context);
    await through('ship', '42', '--until', 'beta');
    const shifting = run('shift', '25');
    await until(({ threshold }) => threshold === 250);
    interrupt();
    const { code, out } = await finish(releases, shifting);
    assert.equal(code, 4);
    assert.match(out, /^The record says so, but anna left before both gateways were seen to have it\.$/);
    assert.equal((await through('shift', '5')).err, '');
  });

  it('refuse a share that is none', async context => {
    const { run } = await aPair(context);
    for (const share of ['0', '101', 'half', '10.05']) {
      const { code, err } = await run('shift', share);
      assert.equal(code, 2, share);
      assert.match(err, /Give 0\.1 to 100 percent, in tenths; \.\/parity rollback takes everybody back\./);
    }
  });

  it('promote the step that waits, and say who goes on', async context => {
    const { through, releases } = await aPair(context);
    assert.match((await through('promote')).err, /No release is at a step: there is nothing to promote\./);
    await through('ship', '42', '--until', 'beta');
    assert.equal((await through('promote')).out, 'Release 42 may leave beta. ./parity resume goes on.');
    assert.deepEqual(releases.record().approved, ['beta']);
  });

  it('promote no step that waits for nobody', async context => {
    const { run, through, releases, until } = await aPair(context);
    const shipping = run('ship', '42', '--until', 'beta');
    await until(({ step }) => step === 'deploy');
    const { code, err } = await through('promote');
    assert.equal(code, 1);
    assert.equal(
      err.split('\n').at(-1),
      "parity: Nobody's word is waited for at deploy: it ends by itself, so there is nothing to promote.",
    );
    await finish(releases, shipping);
    assert.deepEqual(releases.record().approved, []);
  });
});

describe('parity turn', () => {
  it('exits with 4 when somebody leaves half-way, and is finished by another one', async context => {
    const { run, through, releases, until, interrupt } = await aPair(context);
    const turning = run('turn');
    await until(({ live }) => live.parity === 'even');
    interrupt();
    const { code, out, err } = await finish(releases, turning);
    assert.equal(code, 4);
    assert.equal(err, 'Leaving in order (Ctrl-C again ends it at once) …');
    assert.match(
      out,
      /^even is live with 41, and DNS does not point there yet: anna left\. To turn again finishes/,
    );
    assert.equal((await through('turn')).code, 0);
  });

  it('changes roles, and changes them back', async context => {
    const { through, releases } = await aPair(context);
    assert.equal((await through('turn')).out, 'even is live with 41.');
    assert.deepEqual(releases.record().live, { parity: 'even', release: '41' });
    assert.equal((await through('turn')).out, 'odd is live with 41.');
  });
});
