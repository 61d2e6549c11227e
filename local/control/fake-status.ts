import { serviceNames } from '../../domain/catalogue.ts';
import type { ClusterStatus, PairStatus } from './control-api.ts';

const workload = { state: 'running', pid: 1, restarts: 0, lastEnd: undefined } as const;
const engine = { ...workload, version: '4.3.6', source: 'registries' };
const even: ClusterStatus = {
  role: 'idle',
  healthy: true,
  url: 'http://even.test',
  ready: true,
  peer: true,
  services: [{ ...workload, release: '41', services: serviceNames }],
  gateway: { ...engine, version: '1.40.0', record: 7 },
  keeper: { ...workload, url: 'http://keeper.test' },
  broker: engine,
};

/** For tests: the status of a pair with release 41 live on odd, where storage is killed and the broker was restarted. */
export const fakeStatus: PairStatus = {
  pid: 4711,
  startedAt: '2026-11-22T06:28:44.313Z',
  url: 'http://pair.test',
  phonesUrl: 'http://phones.test',
  state: '/state',
  release: '41',
  recordVersion: 7,
  clusters: {
    odd: {
      ...even,
      role: 'live',
      healthy: false,
      ready: false,
      peer: false,
      url: 'http://odd.test',
      services: [
        { ...workload, release: '41', services: ['storage'], state: 'killed', pid: undefined },
        { ...workload, release: '41', services: ['processor', 'notification'] },
      ],
      broker: { ...engine, restarts: 2 },
    },
    even,
  },
  database: engine,
  prometheus: { ...engine, url: 'http://prometheus.test' },
};

/** For tests: the same pair when it is well. */
export const wellStatus: PairStatus = {
  ...fakeStatus,
  clusters: { odd: { ...even, role: 'live', url: 'http://odd.test' }, even },
};
