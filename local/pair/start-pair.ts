import { settledWeights } from '../../domain/dns-weights.ts';
import { perParity, perParityAsync, type Parity } from '../../domain/parity.ts';
import { askKeeper } from '../../release/keeper/ask-keeper.ts';
import type { RetiringWorld } from '../../release/retire.ts';
import type { PairStatus } from '../control/control-api.ts';
import { followDnsFile } from '../dns/dns-file.ts';
import { openControl } from '../control/control-server.ts';
import { openFrontDoor, type FrontDoor } from '../front-door/front-door.ts';
import { laptopRelay } from '../front-door/relay.ts';
import { releaseStore } from '../record/release-store.ts';
import { laptopCluster } from '../releases/laptop-cluster.ts';
import { createClosing, type Closing } from './closing.ts';
import { clusterFaults, type SharedParts } from './cluster-faults.ts';
import type { PairEngines } from './launch-engines.ts';
import type { PairGateways } from './launch-gateways.ts';
import { untilKeepersFollow, type KeeperProcess } from './launch-keepers.ts';
import { lookAtPair } from './look-at-pair.ts';
import { startSurroundings } from './start-surroundings.ts';
import { releaseHandlers, type ReleaseHandlers } from './release-handlers.ts';
import { retireInBackground } from './retire-in-background.ts';
import { startTraffic } from './start-traffic.ts';
import type { PairOptions } from './pair-options.ts';
import type { PairServices } from './pair-services.ts';
import { pairStatus } from './pair-status.ts';
import { preparePair, type PreparedPair } from './prepare-pair.ts';
import { queuesOf } from './queues-of.ts';
import { openRestartMetrics } from './restart-metrics.ts';
import { keepTargets, targetsFile } from './scrape-targets.ts';

/** A pair that is starting or running. */
export interface Pair {
  /** Resolves when everything is ready; when it rejects, what has started still waits to be stopped. */
  readonly up: Promise<PairStatus>;
  /** Ends everything in order, also while it is starting. */
  stop(): Promise<void>;
}

/**
 * Starts two clusters on this machine, with all that they share. `up` rejects with ParityError `invalid_configuration`,
 * `already_running`, `port_taken`, `invalid_record`, `engine_missing`, `engine_failed`, `gateway_refused` or `service_failed`.
 */
export function startPair(options: PairOptions): Pair {
  const closing = createClosing(error => options.tell(`stopping: ${String(error)}`));
  return { up: bringUp(options, closing), stop: () => closing.close() };
}

async function bringUp(options: PairOptions, closing: Closing): Promise<PairStatus> {
  const prepared = await preparePair(options, closing);
  const surroundings = await startSurroundings(options, prepared, closing);
  const traffic = await startTraffic(options, prepared, { ...surroundings, closing });
  const door = await openDoor(options, prepared, closing);
  const parts = { ...surroundings, ...traffic, door };
  await beScraped(options, parts, closing);
  const status = () => statusOf(options, prepared, parts);
  const faults = clusterFaults(workloadsOf(parts), sharedParts(parts));
  const then = async (act: Promise<void>) => {
    await act;
    return await status();
  };
  const releases = releaseHandlers({ ...prepared, ...parts, clock: options.clock });
  const control = await openControl(options.paths, {
    status,
    look: () => lookAtPair({ ...options, ...witnessesOf(options, parts), record: prepared.record, status }),
    kill: fault => then(faults.kill(fault)),
    heal: fault => then(faults.heal(fault)),
    rotate: ({ what }) => then(traffic.rotate(what)),
    ...releases,
  });
  await closing.opened(() => control.close());
  await untilKeepersFollow(surroundings.keepers, { ...options, stop: closing.begun });
  void retireInBackground(retiringWorld(options, releases, parts), { ...options, stop: closing.begun });
  return status();
}

/** Who knows of the releases in each cluster. */
function witnessesOf({ clock }: PairOptions, { engines, keepers }: PairParts) {
  const keeper = (parity: Parity) => askKeeper(keepers[parity].url).keeper();
  return { queues: queuesOf({ engines, clock }), keeper };
}

/** The pair as retirement works on it: by the same handlers as whoever asks from outside. */
function retiringWorld(
  options: PairOptions,
  control: ReleaseHandlers,
  { keepers }: PairParts,
): RetiringWorld {
  const { store } = releaseStore(options);
  const cluster = (parity: Parity) => laptopCluster(parity, control, askKeeper(keepers[parity].url));
  return { store, clusters: perParity(cluster) };
}

/** Has Prometheus find whoever has figures. */
async function beScraped(
  { paths, clock, tell }: PairOptions,
  { keepers, services }: PairParts,
  closing: Closing,
): Promise<void> {
  const metrics = await openRestartMetrics(services);
  await closing.opened(() => metrics.close());
  const scraped = { keepers, services, ownPort: metrics.port };
  void keepTargets(targetsFile(paths), scraped, { clock, tell, stop: closing.begun });
}

async function openDoor(
  { paths, ports, frontDoor, clock, random, tell }: PairOptions,
  { record }: PreparedPair,
  closing: Closing,
): Promise<FrontDoor> {
  const door = await openFrontDoor({
    port: ports.front,
    gateways: ports.gateways,
    weights: followDnsFile(paths.dns, settledWeights(record.current())),
    mode: frontDoor,
    relay: laptopRelay,
    clock,
    draw: () => random.bytes(4).readUInt32BE(0) / 2 ** 32,
    onHealthChange: (parity, healthy) =>
      tell(`front door: ${parity} is ${healthy ? 'healthy' : 'unhealthy'}`),
  });
  await closing.opened(() => door.close());
  return door;
}

interface PairParts {
  readonly engines: PairEngines;
  readonly keepers: Record<Parity, KeeperProcess>;
  readonly services: PairServices;
  readonly gateways: PairGateways;
  readonly door: FrontDoor;
}

async function statusOf(
  { process, paths }: PairOptions,
  { addresses, startedAt, record }: PreparedPair,
  { engines, keepers, services, gateways, door }: PairParts,
): Promise<PairStatus> {
  const { live } = record.current();
  const sees = await perParityAsync(parity => gateways.gateways[parity].sees(live.release));
  return pairStatus({
    pid: process.pid,
    startedAt,
    stateFolder: paths.root,
    addresses,
    record: record.current(),
    health: door.health(),
    releases: perParity(parity => services.of(parity)),
    gateways,
    sees,
    engines,
    keepers,
  });
}

/** What both clusters share, as far as it can be broken. */
function sharedParts({ engines, gateways: { links } }: PairParts): SharedParts {
  return { database: engines.database, 'peer-link': links };
}

function workloadsOf({ engines, keepers, services, gateways }: PairParts) {
  return (parity: Parity) => ({
    services: services.of(parity).flatMap(({ processes }) => processes.map(({ workload }) => workload)),
    gateway: gateways.gateways[parity].workload,
    keeper: keepers[parity].workload,
    broker: engines.brokers[parity],
  });
}
