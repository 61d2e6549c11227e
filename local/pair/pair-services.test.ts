import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Parity } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import type { WorkloadState } from '../../release/ports.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { ownContract } from '../releases/contract/release-contract.ts';
import { pairServices } from './pair-services.ts';

const one = parseRelease('1');
const two = parseRelease('2');
const atOdd = { cluster: 'odd', release: one } as const;

/** Services that are ready at once. */
const ready = `
  import { createServer } from 'node:http';
  const [host, port] = process.env.PARITY_LISTEN.split(':');
  createServer((request, response) => response.end()).listen(Number(port), host);
  process.on('SIGTERM', () => process.exit(0));
`;

async function someServices(test: TestContext, program = ready) {
  const folder = await mkdtemp(join(tmpdir(), 'parity-services-'));
  test.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'services'));
  await writeFile(join(folder, 'services', 'main.ts'), program);
  const changes: Parity[] = [];
  const served = { yes: true };
  const services = pairServices({
    optionsFor: ({ cluster, release }) => ({
      cluster,
      prepared: {
        ...{ release, folder, commit: undefined, fault: undefined },
        ...{ node: process.execPath, contract: ownContract },
      },
      split: [],
      environment: ({ port }) => ({ PARITY_LISTEN: `127.0.0.1:${port}` }),
      log: join(folder, 'log'),
      setpriv: undefined,
      clock: systemClock,
      onChange: () => {},
    }),
    onChange: async cluster => void changes.push(cluster),
    isServed: async () => served.yes,
  });
  test.after(() => services.stopAll());
  const until = async (wanted: WorkloadState['state'], at: typeof atOdd = atOdd) => {
    for (;;) {
      const workload = await services.workload(at);
      if (workload.state === wanted) return workload;
      await systemClock.delay(20);
    }
  };
  return { services, changes, served, until };
}

describe('the services of a pair', () => {
  it('run side by side, each release once in a cluster however often it is asked for', async test => {
    const { services, changes, until } = await someServices(test);
    const runs = [atOdd, { ...atOdd, release: two }, atOdd].map(at => services.run(at));
    const [first, , again] = await Promise.all(runs);
    assert.equal(first, again);
    assert.deepEqual(
      services.of('odd').map(({ release }) => release),
      [one, two],
    );
    assert.deepEqual([services.of('even'), changes], [[], ['odd', 'odd']]);
    await until('ready');
  });

  it('are ready when they say so and the gateway sees it', async test => {
    const { services, served, until } = await someServices(test);
    served.yes = false;
    assert.deepEqual(await services.workload(atOdd), { state: 'absent' });
    await services.run(atOdd);
    assert.deepEqual(await services.workload(atOdd), { state: 'starting' });
    served.yes = true;
    await until('ready');
  });

  it('have failed when they end again and again before they were ever ready', async test => {
    const { services, until } = await someServices(test, 'process.exit(3);');
    await services.run(atOdd);
    assert.deepEqual(await until('failed'), {
      state: 'failed',
      why: 'processor, storage, notification of odd (1) ended with code 3 (see ./parity logs)',
    });
  });

  it('are starting, and not lost, when they die after they were ready', async test => {
    const { services, until } = await someServices(test);
    const { processes } = await services.run(atOdd);
    await until('ready');
    await processes[0]?.workload.kill();
    assert.deepEqual(await services.workload(atOdd), { state: 'starting' });
    await processes[0]?.workload.heal();
    await until('ready');
  });

  it('are absent once they are stopped, and may be run again', async test => {
    const { services, changes, until } = await someServices(test);
    await services.run(atOdd);
    await until('ready');
    await services.stop(atOdd);
    await services.stop(atOdd);
    assert.deepEqual(await services.workload(atOdd), { state: 'absent' });
    assert.deepEqual(changes, ['odd', 'odd']);
    await services.run(atOdd);
    await until('ready');
  });
});
