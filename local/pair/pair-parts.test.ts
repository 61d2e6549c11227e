import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { statePaths } from '../state/state-paths.ts';
import type { Workload } from '../supervisor/workload.ts';
import { beginAnew } from './begin-anew.ts';
import { createClosing } from './closing.ts';
import { clusterFaults } from './cluster-faults.ts';

describe('createClosing', () => {
  it('closes what was opened, the last first, once', async () => {
    const closed: string[] = [];
    const closing = createClosing(() => {});
    for (const name of ['state', 'engines', 'services']) await closing.opened(async () => closed.push(name));
    await Promise.all([closing.close(), closing.close()]);
    assert.deepEqual(closed, ['services', 'engines', 'state']);
  });

  it('goes on when something cannot be closed, and says so', async () => {
    const closed: string[] = [];
    const failures: unknown[] = [];
    const closing = createClosing(error => failures.push(error));
    const failure = new TypeError('stuck');
    await closing.opened(async () => closed.push('state'));
    await closing.opened(() => Promise.reject(failure));
    await closing.close();
    assert.deepEqual([closed, failures], [['state'], [failure]]);
  });

  it('closes at once what is opened too late', async () => {
    const closed: string[] = [];
    const closing = createClosing(() => {});
    await closing.close();
    await assert.rejects(
      closing.opened(async () => closed.push('services')),
      {
        code: 'not_running',
        message: 'Parity was stopped while it was starting.',
      },
    );
    assert.deepEqual(closed, ['services']);
  });
});

describe('clusterFaults', () => {
  it('kills and heals the asked part of the asked cluster', async () => {
    const done: string[] = [];
    const workload = (name: string) =>
      ({
        kill: async () => void done.push(`-${name}`),
        heal: async () => void done.push(`+${name}`),
      }) as Workload;
    const ofCluster = (parity: string) => ({
      services: [workload(`${parity} processor`), workload(`${parity} storage`)],
      gateway: workload(`${parity} gateway`),
      keeper: workload(`${parity} keeper`),
      broker: workload(`${parity} broker`),
    });
    const shared = { database: workload('database'), 'peer-link': workload('link') };
    const faults = clusterFaults(ofCluster, shared);
    await faults.kill({ cluster: 'odd', what: 'broker' });
    await faults.kill({ cluster: 'even', what: 'all' });
    await faults.heal({ cluster: 'even', what: 'services' });
    await faults.kill({ shared: 'peer-link' });
    await faults.heal({ shared: 'database' });
    assert.deepEqual(done, [
      '-odd broker',
      ...['-even processor', '-even storage', '-even gateway', '-even keeper', '-even broker'],
      ...['+even processor', '+even storage'],
      ...['-link', '+database'],
    ]);
  });
});

describe('beginAnew', () => {
  it('forgets what a pair made and nothing else', async context => {
    const root = await mkdtemp(join(tmpdir(), 'parity-fresh-'));
    context.after(() => rm(root, { recursive: true }));
    const paths = statePaths(root);
    await mkdir(join(paths.vault, 'ab'), { recursive: true });
    await mkdir(paths.brokers.odd, { recursive: true });
    await mkdir(paths.releases);
    await writeFile(join(root, 'thesis.txt'), 'mine');
    await beginAnew(paths);
    assert.deepEqual((await readdir(root)).sort(), ['brokers', 'thesis.txt']);
    await assert.rejects(access(paths.brokers.odd), { code: 'ENOENT' });
  });
});
