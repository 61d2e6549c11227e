import { parities, perParity, type Parity } from '../../domain/parity.ts';
import type { PairStatus } from '../control/control-api.ts';
import { openControl } from '../control/control-server.ts';
import type { RunningEngine } from '../engines/engine.ts';
import { findProgram } from '../engines/programs.ts';
import { startFcmStandIn } from '../fcm/stand-in.ts';
import { openFrontDoor, type FrontDoor } from '../front-door/front-door.ts';
import { laptopHealth } from '../front-door/health-check.ts';
import { laptopRelay } from '../front-door/relay.ts';
import { settledWeights } from '../../domain/dns-weights.ts';
import { startKeeperEndpoint } from '../record/keeper-endpoint.ts';
import type { Workload, WorkloadStatus } from '../supervisor/workload.ts';
import { createClosing, type Closing } from './closing.ts';
import { clusterFaults } from './cluster-faults.ts';
import { launchEngines, type PairEngines } from './launch-engines.ts';
import { launchServices, untilReady } from './launch-services.ts';
import type { PairOptions } from './pair-options.ts';
import { pairStatus } from './pair-status.ts';
import { preparePair, type PreparedPair } from './prepare-pair.ts';
import { serviceEnvironment } from './service-environment.ts';

/** A pair that is starting or running. */
export interface Pair {
  /** Resolves when everything is ready; when it rejects, what has started still waits to be stopped. */
  readonly up: Promise<PairStatus>;
  /** Ends everything in order, also while it is starting. */
  stop(): Promise<void>;
}

/**
 * Starts two clusters on this machine, with all that they share. `up` rejects with ParityError `already_running`,
 * `port_taken`, `invalid_record`, `engine_missing`, `engine_failed` or `service_failed`.
 */
export function startPair(options: PairOptions): Pair {
  const closing = createClosing(error => options.tell(`stopping: ${String(error)}`));
  return { up: bringUp(options, closing), stop: () => closing.close() };
}

async function bringUp(options: PairOptions, closing: Closing): Promise<PairStatus> {
  const prepared = await preparePair(options, closing);
  const { addresses, startedAt, record } = prepared;
  const { paths, clock } = options;
  const surroundings = await startSurroundings(options, prepared, closing);
  const { engines } = surroundings;
  const services = await startServices(options, prepared, { ...surroundings, closing });
  await untilReady(addresses.gateways, { logs: paths.logs, clock, stop: closing.begun });
  const door = await openDoor(options, prepared, closing);
  const status = () =>
    pairStatus({
      pid: options.process.pid,
      startedAt,
      stateFolder: paths.root,
      addresses,
      record: record.current(),
      health: door.health(),
      services,
      engines,
    });
  const clusters = perParity(parity => ({ services: services[parity], broker: engines.brokers[parity] }));
  const control = await openControl(paths, { status, ...clusterFaults(clusters) });
  await closing.opened(() => control.close());
  return status();
}

interface Surroundings {
  readonly engines: PairEngines;
  readonly fcmUrl: string;
  readonly keeperUrl: string;
}

/** All that the services of both clusters need. */
async function startSurroundings(
  options: PairOptions,
  { account, record }: PreparedPair,
  closing: Closing,
): Promise<Surroundings> {
  const { paths, ports, clock, random } = options;
  const machine = { env: options.env, progress: options.tell };
  const engines = launchEngines({ paths, machine, clock });
  const all: readonly Workload<RunningEngine>[] = [
    engines.database,
    ...parities.map(parity => engines.brokers[parity]),
  ];
  await closing.opened(() => Promise.all(all.map(engine => engine.stop())));
  const fcm = await startFcmStandIn({ port: ports.phones, folder: paths.phones, account, clock, random });
  await closing.opened(() => fcm.close());
  const keeper = await startKeeperEndpoint(() => record.current());
  await closing.opened(() => keeper.close());
  await Promise.all(
    all.map(async engine => {
      const { name, version } = await engine.started();
      options.tell(`${name} ${version}`);
    }),
  );
  return { engines, fcmUrl: fcm.url, keeperUrl: keeper.url };
}

async function startServices(
  options: PairOptions,
  { addresses, record }: PreparedPair,
  around: Surroundings & { closing: Closing },
): Promise<Record<Parity, Workload>> {
  const { paths, env, clock, tell } = options;
  const { brokers, database } = around.engines;
  const [odd, even, { url: databaseUrl }] = await Promise.all([
    brokers.odd.started(),
    brokers.even.started(),
    database.started(),
  ]);
  const environment = (parity: Parity) =>
    serviceEnvironment(parity, {
      release: record.current().live.release,
      paths,
      gatewayPort: options.ports.gateways[parity],
      publicUrl: addresses.url,
      brokerUrls: { odd: odd.url, even: even.url },
      databaseUrl,
      fcmUrl: around.fcmUrl,
      keeperUrl: around.keeperUrl,
      env,
    });
  const services = launchServices({
    node: options.process.node,
    environments: perParity(environment),
    logs: paths.logs,
    setpriv: await findProgram({ env }, 'setpriv'),
    clock,
    onChange: (parity, status) => tellEnd(parity, status, tell),
  });
  await around.closing.opened(() => Promise.all(parities.map(parity => services[parity].stop())));
  return services;
}

function tellEnd(parity: Parity, { state, lastEnd }: WorkloadStatus, tell: PairOptions['tell']): void {
  if (state === 'waiting') tell(`${lastEnd}; they are started again (./parity logs ${parity})`);
}

async function openDoor(
  { ports, clock, random, tell }: PairOptions,
  { record }: PreparedPair,
  closing: Closing,
): Promise<FrontDoor> {
  const door = await openFrontDoor({
    port: ports.front,
    gateways: ports.gateways,
    weights: () => settledWeights(record.current()),
    health: laptopHealth,
    relay: laptopRelay,
    clock,
    draw: () => random.bytes(4).readUInt32BE(0) / 2 ** 32,
    onHealthChange: (parity, healthy) =>
      tell(`front door: ${parity} is ${healthy ? 'healthy' : 'unhealthy'}`),
  });
  await closing.opened(() => door.close());
  return door;
}
