import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { perParity, type Parity } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import type { ClusterStatus, PairStatus, ReleaseWorkload } from '../control/control-api.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';
import { pairChecks, type RunningReleases } from './pair-checks.ts';

const running: WorkloadStatus = { state: 'running', pid: 1, restarts: 0, lastEnd: undefined };
const engine = { ...running, version: '1', source: 'path' };

function aCluster(changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    ...{ role: 'live', healthy: true, ready: true, peer: true, url: 'http://127.0.0.1:1', services: [] },
    ...{ gateway: { ...engine, record: 1 }, keeper: { ...running, url: '' }, broker: engine },
    ...changes,
  };
}

/** A pair of which one cluster, or what both share, is as `changes` say. */
function aPair(changes: { odd?: Partial<ClusterStatus> } & Partial<PairStatus> = {}): PairStatus {
  const { odd, ...shared } = changes;
  return {
    ...{ pid: 1, startedAt: '', url: '', phonesUrl: '', state: '', release: '41', recordVersion: 1 },
    clusters: { odd: aCluster(odd), even: aCluster() },
    database: engine,
    prometheus: { ...engine, url: '' },
    ...shared,
  };
}

function workloads(
  services: (parity: Parity) => ReleaseWorkload['processes'][number]['services'][],
): RunningReleases {
  return perParity(parity => [
    {
      release: parseRelease('41'),
      processes: services(parity).map(names => ({ ...running, services: names, port: 1 })),
    },
  ]);
}

const together = workloads(() => [['processor', 'storage', 'notification']]);

function faultsOf(status: PairStatus, on = together) {
  return pairChecks(status, on).flatMap(check => (check.ok ? [] : [`${check.name}: ${check.why}`]));
}

describe('pairChecks', () => {
  it('find a pair in order of which everything runs', () => {
    assert.deepEqual(faultsOf(aPair()), []);
  });

  const killed = { ...engine, state: 'killed' } as const;
  const wrong: [string, PairStatus, string[]][] = [
    [
      'an unhealthy cluster',
      aPair({ odd: { healthy: false } }),
      ['cluster odd: the front door finds it unhealthy'],
    ],
    [
      'a cover that is not warm',
      aPair({ odd: { ready: false } }),
      ['cluster odd: its gateway does not find release 41 ready there'],
    ],
    [
      'a cut peer link',
      aPair({ odd: { peer: false } }),
      ['peer link of odd: its gateway cannot send to the peer'],
    ],
    ['a dead broker', aPair({ odd: { broker: killed } }), ['cluster odd: its broker is killed']],
    [
      'a dead keeper',
      aPair({ odd: { keeper: { ...running, state: 'killed', url: '' } } }),
      ['cluster odd: its keeper is killed'],
    ],
    ['a dead database', aPair({ database: killed }), ['database: it is killed']],
    ['no figures', aPair({ prometheus: { ...killed, url: '' } }), ['figures: it is killed']],
    [
      'another broker',
      aPair({ odd: { broker: { ...engine, version: '2' } } }),
      [
        'clusters alike: odd has gateway 1, broker 2, release 41 as processor+storage+notification; even has gateway 1, broker 1, release 41 as processor+storage+notification',
      ],
    ],
  ];
  for (const [what, status, faults] of wrong) {
    it(`name ${what}`, () => {
      assert.deepEqual(faultsOf(status), faults);
    });
  }

  it('name a cluster that is made up of other processes', () => {
    const split = workloads(parity =>
      parity === 'odd'
        ? [['processor', 'storage', 'notification']]
        : [['processor'], ['storage', 'notification']],
    );
    assert.deepEqual(faultsOf(aPair(), split), [
      'clusters alike: odd has gateway 1, broker 1, release 41 as processor+storage+notification; even has gateway 1, broker 1, release 41 as processor and storage+notification',
    ]);
  });
});
