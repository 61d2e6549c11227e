import { perParity, type Parity } from '../../domain/parity.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { startDatabase } from '../engines/database.ts';
import { startPrometheus } from '../engines/prometheus.ts';
import type { Machine, RunningEngine } from '../engines/engine.ts';
import { startRabbitMq, type RunningBroker } from '../engines/rabbitmq.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { targetsFile } from './scrape-targets.ts';
import { supervise, type Workload } from '../supervisor/workload.ts';

/** The engines of a pair, each kept running. */
export interface PairEngines {
  readonly brokers: Record<Parity, Workload<RunningBroker>>;
  readonly database: Workload<RunningEngine>;
  readonly prometheus: Workload<RunningEngine>;
}

/** What engines need. */
export interface EngineSurroundings {
  readonly paths: Pick<StatePaths, 'brokers' | 'database' | 'prometheus'>;
  readonly machine: Machine;
  readonly clock: Clock;
}

/** Starts all of them at once. Started again after a death, each is where it was. */
export function launchEngines(around: EngineSurroundings): PairEngines {
  return {
    brokers: perParity(parity => launchBroker(parity, around)),
    database: launchDatabase(around),
    prometheus: launchPrometheus(around),
  };
}

/** Every engine of a pair. */
export function allEngines({ brokers, database, prometheus }: PairEngines): Workload<RunningEngine>[] {
  return [database, ...Object.values(brokers), prometheus];
}

function launchBroker(name: Parity, { paths, machine, clock }: EngineSurroundings): Workload<RunningBroker> {
  const variable = `PARITY_RABBITMQ_${name.toUpperCase()}`;
  const url = machine.env[`${variable}_URL`];
  const managementUrl = machine.env[`${variable}_MANAGEMENT_URL`];
  const folder = paths.brokers[name];
  let ports: RunningBroker['ports'];
  const start = async () => {
    const broker = await startRabbitMq({ machine, name, folder, ports, url, managementUrl });
    ports = broker.ports;
    return broker;
  };
  return supervise({ start, clock });
}

function launchDatabase({ paths, machine, clock }: EngineSurroundings): Workload<RunningEngine> {
  const url = machine.env['PARITY_MONGODB_URL'];
  let port: number | undefined;
  const start = async () => {
    const database = await startDatabase({ machine, folder: paths.database, port, url });
    // One that was given may name several hosts, which no URL has.
    if (url === undefined) port = Number(new URL(database.url).port);
    return database;
  };
  return supervise({ start, clock });
}

function launchPrometheus({ paths, machine, clock }: EngineSurroundings): Workload<RunningEngine> {
  const url = machine.env['PARITY_PROMETHEUS_URL'];
  const place = { machine, folder: paths.prometheus, targetsFile: targetsFile(paths), url };
  let port: number | undefined;
  const start = async () => {
    const prometheus = await startPrometheus({ ...place, port });
    port = Number(new URL(prometheus.url).port);
    return prometheus;
  };
  return supervise({ start, clock });
}
