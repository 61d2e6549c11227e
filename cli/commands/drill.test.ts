import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { testPair } from '../../faults/fleet/test-pair.ts';
import { openControl } from '../../local/control/control-server.ts';
import { fakeHandlers } from '../../local/control/fake-handlers.ts';
import { wellStatus } from '../../local/control/fake-status.ts';
import { readRunFile, writeRunFile } from '../../local/state/run-file.ts';
import { operatorOf, takeOperatorLock } from '../../release/store/operator-lock.ts';
import { testWorld, type TestWorld } from '../../release/testing/test-world.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { fakeCli } from '../fake-world.ts';

/** A pair that is well, takes every paper, and notes what is done to it. */
async function aPair(
  context: TestContext,
  { answer, onKill }: { answer?: string; onKill?: () => unknown } = {},
) {
  const clock = {
    ...systemClock,
    delay: async (_ms: number, signal?: AbortSignal) => {
      await setImmediate();
      signal?.throwIfAborted();
    },
  };
  const world = await testWorld();
  const releases: TestWorld = { ...world, clock: { ...world.clock, ...clock } };
  const cli = await fakeCli(context, () => assert.fail('the drill has drivers of its own'), {
    releases,
    answer,
  });
  const { paths } = cli.world;
  const url = await testPair(context, ({ method }) =>
    method === 'PUT' ? { status: 204 } : { status: 202, body: { id: 'd1' } },
  );
  const run = await readRunFile(paths);
  assert.ok(run);
  await writeRunFile(paths, { ...run, url, phonesUrl: url });
  const done: string[] = [];
  const handlers = fakeHandlers({
    status: async () => wellStatus,
    kill: async fault => (done.push(`kill ${JSON.stringify(fault)}`), await onKill?.(), wellStatus),
    heal: async fault => (done.push(`heal ${JSON.stringify(fault)}`), wellStatus),
  });
  const control = await openControl(paths, handlers);
  context.after(() => control.close());
  return { ...cli, done, releases };
}

describe('parity drill', () => {
  it('undoes what it did when somebody leaves, says so, and listens no more', async context => {
    const pair = await aPair(context, { onKill: () => pair.interrupt() });
    const { code, err } = await pair.run('drill', 'database', '--yes');
    assert.equal(code, 1);
    assert.deepEqual(err.split('\n'), [
      'the database that both clusters share is killed …',
      'Leaving in order (Ctrl-C again ends it at once, and leaves the pair as it is now) …',
      'undoing it …',
      'parity: The drill was broken off; what it did is undone.',
    ]);
    assert.deepEqual(pair.done, ['kill {"shared":"database"}', 'heal {"shared":"database"}']);
    pair.interrupt();
    assert.equal((await pair.run('drill', '--help')).err, '');
  });

  it('is refused while an operator is at work, or another drill', async context => {
    const pair = await aPair(context);
    const lock = await takeOperatorLock(pair.releases, { who: 'otto', leaseMs: 1 });
    const beating = setInterval(() => void lock.renew(), 1);
    pair.releases.clock.delay = () => wait(50);
    const { code, err } = await pair.run('drill', 'database', '--yes');
    clearInterval(beating);
    assert.equal(code, 1);
    assert.match(
      err,
      /^otto has the lock since .*\nparity: otto has been at work on this pair since .*: wait/,
    );
    assert.deepEqual(pair.done, []);
  });

  it('has the lock meanwhile, and gives it back', async context => {
    const holders: unknown[] = [];
    const pair = await aPair(context, {
      onKill: async () => {
        holders.push((await operatorOf(pair.releases.objects))?.who);
        pair.interrupt();
      },
    });
    await pair.run('drill', 'broker', '--yes');
    assert.deepEqual([holders, await operatorOf(pair.releases.objects)], [['anna'], undefined]);
  });

  it('asks where somebody sits, and does nothing unless he agrees', async context => {
    const pair = await aPair(context, { answer: 'maybe' });
    const { code, err } = await pair.run('drill', 'database');
    assert.deepEqual([code, err, pair.done], [1, 'Nothing was done.', []]);
  });
});
