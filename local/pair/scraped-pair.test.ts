import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parseRelease } from '../../domain/release.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import type { Workload } from '../supervisor/workload.ts';
import type { LaunchedRelease } from './launch-release.ts';
import { openRestartMetrics } from './restart-metrics.ts';
import { keepTargets } from './scrape-targets.ts';

/** Release 1 on odd, in two processes that ended by themselves so often. */
function servicesOf(...restarts: number[]) {
  const processes = restarts.map((count, at) => ({
    services: ['storage'] as const,
    port: 7_100 + at,
    workload: { status: () => ({ restarts: count }) } as Workload,
  }));
  const launched: LaunchedRelease = { cluster: 'odd', release: parseRelease('1'), ports: {}, processes };
  return { of: (cluster: string) => (cluster === 'odd' ? [launched] : []) };
}

describe('openRestartMetrics', () => {
  it('counts what ended by itself, per cluster and release', async test => {
    const metrics = await openRestartMetrics(servicesOf(2, 1));
    test.after(() => metrics.close());
    const answer = await fetch(`http://127.0.0.1:${metrics.port}/metrics`);
    assert.match(await answer.text(), /^parity_process_restarts_total\{cluster="odd",release="1"\} 3$/m);
    assert.equal((await fetch(`http://127.0.0.1:${metrics.port}/`)).status, 404);
  });
});

describe('keepTargets', () => {
  it('has Prometheus find keepers, services and the pair itself, as they are now', async test => {
    const file = join(await testFolder(test), 'prometheus', 'targets.json');
    const keepers = { odd: { url: 'http://127.0.0.1:7001' }, even: { url: 'http://127.0.0.1:7002' } };
    let services = servicesOf(0);
    const pair = { keepers, services: { of: (cluster: string) => services.of(cluster) }, ownPort: 7_003 };
    const stop = new AbortController();
    const keeping = keepTargets(file, pair, { clock: systemClock, tell: assert.fail, stop: stop.signal });
    const targets = async () => {
      const groups = JSON.parse(await readFile(file, 'utf8').catch(() => '[]')) as { targets: string[] }[];
      return groups.flatMap(group => group.targets);
    };
    const until = async (count: number) => {
      while ((await targets()).length !== count) await pause(10);
    };
    await until(4);
    assert.deepEqual(await targets(), [
      '127.0.0.1:7001',
      '127.0.0.1:7002',
      '127.0.0.1:7003',
      '127.0.0.1:7100',
    ]);
    services = servicesOf(0, 0);
    await until(5);
    stop.abort();
    await keeping;
  });
});
