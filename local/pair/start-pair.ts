import { settledWeights } from '../../domain/dns-weights.ts';
import { perParity, perParityAsync, type Parity } from '../../domain/parity.ts';
import type { PairStatus } from '../control/control-api.ts';
import { openControl } from '../control/control-server.ts';
import { openFrontDoor, type FrontDoor } from '../front-door/front-door.ts';
import { laptopRelay } from '../front-door/relay.ts';
import { createClosing, type Closing } from './closing.ts';
import { clusterFaults } from './cluster-faults.ts';
import type { PairEngines } from './launch-engines.ts';
import type { PairGateways } from './launch-gateways.ts';
import { startSurroundings } from './start-surroundings.ts';
import { releaseHandlers } from './release-handlers.ts';
import { startTraffic } from './start-traffic.ts';
import type { PairOptions } from './pair-options.ts';
import type { PairServices } from './pair-services.ts';
import { pairStatus } from './pair-status.ts';
import { preparePair, type PreparedPair } from './prepare-pair.ts';

/** A pair that is starting or running. */
export interface Pair {
  /** Resolves when everything is ready; when it rejects, what has started still waits to be stopped. */
  readonly up: Promise<PairStatus>;
  /** Ends everything in order, also while it is starting. */
  stop(): Promise<void>;
}

/**
 * Starts two clusters on this machine, with all that they share. `up` rejects with ParityError `already_running`,
 * `port_taken`, `invalid_record`, `engine_missing`, `engine_failed`, `gateway_refused` or `service_failed`.
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
  const parts = { ...traffic, engines: surroundings.engines, door };
  const status = () => statusOf(options, prepared, parts);
  const faults = clusterFaults(workloadsOf(parts));
  const then = async (act: Promise<void>) => {
    await act;
    return await status();
  };
  const control = await openControl(options.paths, {
    status,
    kill: fault => then(faults.kill(fault)),
    heal: fault => then(faults.heal(fault)),
    rotate: ({ what }) => then(traffic.rotate(what)),
    ...releaseHandlers({ ...prepared, ...traffic, ...traffic.gateways }),
  });
  await closing.opened(() => control.close());
  return status();
}

async function openDoor(
  { ports, frontDoor, clock, random, tell }: PairOptions,
  { record }: PreparedPair,
  closing: Closing,
): Promise<FrontDoor> {
  const door = await openFrontDoor({
    port: ports.front,
    gateways: ports.gateways,
    weights: () => settledWeights(record.current()),
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
  readonly services: PairServices;
  readonly gateways: PairGateways;
  readonly door: FrontDoor;
}

async function statusOf(
  { process, paths }: PairOptions,
  { addresses, startedAt, record }: PreparedPair,
  { engines, services, gateways, door }: PairParts,
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
  });
}

function workloadsOf({ engines, services, gateways }: PairParts) {
  return (parity: Parity) => ({
    services: services.of(parity).flatMap(({ processes }) => processes.map(({ workload }) => workload)),
    gateway: gateways.gateways[parity].workload,
    broker: engines.brokers[parity],
  });
}
