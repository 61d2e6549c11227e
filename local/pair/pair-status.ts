import { perParity, type Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { ClusterStatus, EngineStatus, PairStatus } from '../control/control-api.ts';
import type { RunningEngine } from '../engines/engine.ts';
import type { Workload } from '../supervisor/workload.ts';
import type { PairEngines } from './launch-engines.ts';
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
  readonly services: Record<Parity, Workload>;
  readonly engines: PairEngines;
}

/** Everything worth knowing about a running pair, without secrets. */
export function pairStatus(view: PairView): PairStatus {
  const { addresses, record, health, services, engines } = view;
  const cluster = (parity: Parity): ClusterStatus => ({
    role: parity === record.live.parity ? 'live' : 'idle',
    healthy: health[parity],
    url: addresses.gateways[parity],
    services: services[parity].status(),
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
  };
}

function engineStatus(engine: Workload<RunningEngine>): EngineStatus {
  const last = engine.lastLife();
  return { ...engine.status(), version: last?.version, source: last?.source };
}
