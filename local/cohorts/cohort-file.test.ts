import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { cohortFileAt } from './cohort-file.ts';

const nowMs = Date.UTC(2026, 10, 27);
const later = new Date(nowMs + 60_000).toISOString();

async function aFile(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'parity-cohorts-'));
  context.after(() => rm(folder, { recursive: true }));
  const clock = { ms: nowMs, now: () => clock.ms };
  const path = join(folder, 'cohorts.json');
  return { file: cohortFileAt(path, clock), clock, path };
}

describe('cohortFileAt', () => {
  it('keeps who is in a cohort, for its owner alone', async context => {
    const { file, path } = await aFile(context);
    assert.deepEqual(await file.list(), []);
    await file.add('beta', ['otto', 'anna', 'otto'], later);
    await file.add('pilot', ['anna'], later);
    assert.deepEqual(await file.cohortsOf('anna'), ['beta', 'pilot']);
    assert.deepEqual(
      (await file.list()).map(({ user, cohort }) => `${user} ${cohort}`),
      ['anna beta', 'anna pilot', 'otto beta'],
    );
    await file.remove('beta', ['anna', 'nobody']);
    assert.deepEqual(await file.cohortsOf('anna'), ['pilot']);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('forgets a membership when its time is over', async context => {
    const { file, clock } = await aFile(context);
    await file.add('beta', ['anna'], later);
    clock.ms += 60_000;
    assert.deepEqual(await file.cohortsOf('anna'), []);
    assert.deepEqual(await file.list(), []);
  });

  it('says what to do when it is damaged', async context => {
    const { file, path } = await aFile(context);
    await writeFile(path, '{ "schema": 1');
    await assert.rejects(file.list(), {
      code: 'invalid_configuration',
      message: `${path} is damaged: delete it, and add the users again.`,
    });
  });
});
