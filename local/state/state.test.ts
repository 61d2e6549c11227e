import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { holdState } from './hold-state.ts';
import { keepPrivateFile, makePrivateFolder, writePrivateFile } from './private-file.ts';
import { readRunFile, removeRunFile, writeRunFile } from './run-file.ts';
import { statePaths } from './state-paths.ts';

const run = {
  pid: 4711,
  startedAt: '2026-11-22T06:28:44.313Z',
  url: 'http://127.0.0.1:8080',
  gateways: { odd: 'http://127.0.0.1:8081', even: 'http://127.0.0.1:8082' },
  phonesUrl: 'http://127.0.0.1:8083',
};

describe('holdState', () => {
  it('gives a state folder to one at a time, and names who has it', async context => {
    const paths = await statePathsOf(context);
    const held = await holdState(paths);
    await writeRunFile(paths, run);
    await assert.rejects(holdState(paths), {
      code: 'already_running',
      message:
        `Parity is already running on ${paths.root} (process 4711): ` +
        'see ./parity status, or end it with Ctrl-C.',
    });
    await held.release();
    await (await holdState(paths)).release();
  });

  it('knows a folder by whatever path it is reached', async context => {
    const paths = await statePathsOf(context);
    const held = await holdState(paths);
    context.after(() => held.release());
    const alias = `${paths.root}-alias`;
    await symlink(paths.root, alias);
    context.after(() => rm(alias));
    await assert.rejects(holdState(statePaths(alias)), { code: 'already_running' });
  });

  it('says what is wrong with a folder that cannot be one', async context => {
    const { root } = await statePathsOf(context);
    const file = join(root, 'file');
    await writeFile(file, '');
    await assert.rejects(holdState(statePaths(file)), {
      code: 'file_unavailable',
      message:
        `The state folder ${file} cannot be used: a file lies where a folder belongs (EEXIST). Move it away, ` +
        'or choose another place. PARITY_STATE=/another/folder npm start keeps the state elsewhere.',
    });
    await assert.rejects(holdState(statePaths(join(file, 'below'))), { code: 'file_unavailable' });
  });

  it('does not mind what a killed pair left', async context => {
    const paths = await statePathsOf(context);
    await writeRunFile(paths, run);
    await (await holdState(paths)).release();
  });
});

describe('the run file', () => {
  it('says where the pair is while it runs', async context => {
    const paths = await statePathsOf(context);
    assert.equal(await readRunFile(paths), undefined);
    await writeRunFile(paths, run);
    assert.deepEqual(await readRunFile(paths), run);
    await writeFile(paths.run, '{"pid": 47');
    assert.equal(await readRunFile(paths), undefined);
    await removeRunFile(paths);
    assert.equal(await readRunFile(paths), undefined);
  });
});

describe('private files', () => {
  it('are for their owner alone, also in place of one that was not', async context => {
    const { root } = await statePathsOf(context);
    const path = join(root, 'key');
    await writeFile(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, 'new');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(root), ['key']);
  });

  it('are made once and kept', async context => {
    const { root } = await statePathsOf(context);
    const path = join(root, 'key');
    assert.equal(await keepPrivateFile(path, () => 'first'), 'first');
    assert.equal(await keepPrivateFile(path, () => 'second'), 'first');
  });

  it('tell when they cannot be read', async context => {
    const { root } = await statePathsOf(context);
    await mkdir(join(root, 'key'));
    await assert.rejects(
      keepPrivateFile(join(root, 'key'), () => 'new'),
      { code: 'EISDIR', path: join(root, 'key') },
    );
  });

  it('lie in folders for their owner alone', async context => {
    const { root } = await statePathsOf(context);
    await makePrivateFolder(join(root, 'brokers', 'odd'));
    assert.equal((await stat(join(root, 'brokers'))).mode & 0o777, 0o700);
  });
});

async function statePathsOf(context: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'parity-state-'));
  context.after(() => rm(root, { recursive: true }));
  return statePaths(root);
}
