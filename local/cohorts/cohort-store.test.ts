import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock, systemRandom as random } from '../../services/kit/ports.ts';
import { cohortStore } from './cohort-store.ts';

const nowMs = Date.UTC(2026, 10, 27);
const later = new Date(nowMs + 60_000).toISOString();

async function aStore(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'parity-cohorts-'));
  context.after(() => rm(folder, { recursive: true }));
  const clock = { ...systemClock, ms: nowMs, now: () => clock.ms };
  const paths = { cohorts: join(folder, 'cohorts') };
  const open = () => cohortStore({ paths, clock, random });
  return { store: open(), open, clock, path: paths.cohorts };
}

describe('cohortStore', () => {
  it('keeps who is in a cohort, for its owner alone', async context => {
    const { store, path } = await aStore(context);
    assert.deepEqual(await store.list(), []);
    await store.add('beta', ['otto', 'anna', 'otto'], later);
    await store.add('pilot', ['anna'], later);
    assert.deepEqual(await store.cohortsOf('anna'), ['beta', 'pilot']);
    assert.deepEqual(
      (await store.list()).map(({ user, cohort }) => `${user} ${cohort}`),
      ['anna beta', 'anna pilot', 'otto beta'],
    );
    await store.remove('beta', ['anna', 'nobody']);
    assert.deepEqual(await store.cohortsOf('anna'), ['pilot']);
    const [newest = ''] = await readdir(join(path, 'members'));
    assert.equal((await stat(join(path, 'members', newest))).mode & 0o777, 0o600);
  });

  it('loses nobody when eight people add somebody at once', async context => {
    const { store, open } = await aStore(context);
    const users = ['ada', 'bert', 'cleo', 'dora', 'emil', 'fred', 'gus', 'hans'];
    await Promise.all(users.map(user => open().add('beta', [user], later)));
    assert.deepEqual(
      (await store.list()).map(({ user }) => user),
      users,
    );
  });

  it('takes nobody whom no token can name, or whose name would not stay on its line', async context => {
    const { store } = await aStore(context);
    for (const user of ['', ' anna', 'anna\n', 'an\u001bna', 'a'.repeat(256)])
      await assert.rejects(store.add('beta', ['otto', user], later), {
        code: 'invalid_request',
        message: `${JSON.stringify(user)} is no user. A user id has 1 to 255 characters, no control characters, and no blanks at its ends.`,
      });
    assert.deepEqual(await store.list(), []);
    await store.add('beta', ['Ådne Øst', 'a', '用户'], later);
  });

  it('forgets a membership when its time is over', async context => {
    const { store, clock } = await aStore(context);
    await store.add('beta', ['anna'], later);
    clock.ms += 60_000;
    assert.deepEqual(await store.cohortsOf('anna'), []);
    assert.deepEqual(await store.list(), []);
  });

  it('says what to do when it is damaged', async context => {
    const { store, path } = await aStore(context);
    await store.add('beta', ['anna'], later);
    await writeFile(join(path, 'members', '1.json'), '{ "schema": 1');
    await assert.rejects(store.list(), {
      code: 'invalid_configuration',
      message: `${path} is damaged, or of a newer Parity: delete it, and add the users again.`,
    });
  });
});
