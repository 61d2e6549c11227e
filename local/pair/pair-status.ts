import { perParity, type Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { HealthyPlaces } from '../../domain/routing.ts';
import type {
  ClusterStatus,
  EngineStatus,
  GatewayStatus,
  PairStatus,
  ServiceProcessStatus,
} from '../control/control-api.ts';
import type { RunningEngine } from '../engines/engine.ts';
import type { Workload } from '../supervisor/workload.ts';
import type { PairEngines } from './launch-engines.ts';
import type { PairGateways } from './launch-gateways.ts';
import type { KeeperProcess } from './launch-keepers.ts';
import type { LaunchedRelease } from './launch-release.ts';
import type { PairAddresses } from './pair-addresses.ts';

/** What the status is told from. */
export interface PairView {
  readonly pid: number;
  readonly startedAt: string;
  readonly stateFolder: string;
  readonly addresses: PairAddresses;
  readonly record: ReleaseRecord;
  /** What the front door believes. */
  readonly health: Record<Parity, boolean>;
  readonly releases: Record<Parity, readonly LaunchedRelease[]>;
  readonly gateways: PairGateways;
  /** Where each gateway sees the live release healthy. */
  readonly sees: Record<Parity, HealthyPlaces>;
  readonly engines: PairEngines;
  readonly keepers: Record<Parity, KeeperProcess>;
}

/** Everything worth knowing about a running pair, without secrets. */
export function pairStatus(view: PairView): PairStatus {
  const { addresses, record, health, releases, gateways, sees, engines, keepers } = view;
  const cluster = (parity: Parity): ClusterStatus => ({
    role: parity === record.live.parity ? 'live' : 'idle',
    healthy: health[parity],
    url: addresses.gateways[parity],
    ready: sees[parity].here,
    peer: sees[parity].peer,
    services: releases[parity].flatMap(servicesStatus),
    gateway: gatewayStatus(parity, gateways),
    keeper: { ...keepers[parity].workload.status(), url: keepers[parity].url },
    broker: engineStatus(engines.brokers[parity]),
  });
  return {
    pid: view.pid,
    startedAt: view.startedAt,
    url: addresses.url,
    phonesUrl: addresses.phonesUrl,
    state: view.stateFolder,
    release: record.live.release,
    recordVersion: record.version,
    clusters: perParity(cluster),
    database: engineStatus(engines.database),
    prometheus: { ...engineStatus(engines.prometheus), url: engines.prometheus.lastLife()?.url ?? '' },
  };
}

function servicesStatus({ release, processes }: LaunchedRelease): ServiceProcessStatus[] {
  return processes.map(({ services, workload }) => ({ release, services, ...workload.status() }));
}

function gatewayStatus(parity: Parity, { gateways, version, source }: PairGateways): GatewayStatus {
  const gateway = gateways[parity];
  return { ...gateway.workload.status(), version, source, record: gateway.rendered().recordVersion };
}

function engineStatus(engine: Workload<RunningEngine>): EngineStatus {
  const last = engine.lastLife();
  return { ...engine.status(), version: last?.version, source: last?.source };
}
