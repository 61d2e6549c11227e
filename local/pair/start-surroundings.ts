import type { Parity } from '../../domain/parity.ts';
import type { Machine, RunningEngine } from '../engines/engine.ts';
import { installEnvoy, type Envoy } from '../engines/install-envoy.ts';
import { startFcmStandIn } from '../fcm/stand-in.ts';
import type { Workload } from '../supervisor/workload.ts';
import type { Closing } from './closing.ts';
import { allEngines, launchEngines, type PairEngines } from './launch-engines.ts';
import { launchKeepers, type KeeperProcess } from './launch-keepers.ts';
import type { PairOptions } from './pair-options.ts';
import type { PreparedPair } from './prepare-pair.ts';

/** What the services of both clusters need beside each other. */
export interface Surroundings {
  readonly engines: PairEngines;
  readonly fcmUrl: string;
  readonly keepers: Record<Parity, KeeperProcess>;
  /** What the gateways are made of. */
  readonly envoy: Envoy;
}

/** Starts engines, phones and keepers, and fetches Envoy; resolves when the engines answer. */
export async function startSurroundings(
  options: PairOptions,
  { account }: PreparedPair,
  closing: Closing,
): Promise<Surroundings> {
  const { paths, ports, clock, random } = options;
  const machine = { env: options.env, progress: options.tell };
  const engines = launchEngines({ paths, machine, clock });
  const all = allEngines(engines);
  await closing.opened(() => Promise.all(all.map(engine => engine.stop())));
  const fcm = await startFcmStandIn({ port: ports.phones, folder: paths.phones, account, clock, random });
  await closing.opened(() => fcm.close());
  const tellStarted = async (engine: Workload<RunningEngine>) => {
    const { name, version } = await engine.started();
    options.tell(`${name} ${version}`);
  };
  const [keepers, envoy] = await Promise.all([
    startKeepers(options, engines, closing),
    fetchEnvoy(machine),
    ...all.map(engine => tellStarted(engine)),
  ]);
  return { engines, fcmUrl: fcm.url, keepers, envoy };
}

/** They need Prometheus alone, which is there long before the brokers. */
async function startKeepers(
  options: PairOptions,
  { prometheus }: PairEngines,
  closing: Closing,
): Promise<Record<Parity, KeeperProcess>> {
  const keepers = await launchKeepers(options, (await prometheus.started()).url);
  await closing.opened(() => Promise.all(Object.values(keepers).map(({ workload }) => workload.stop())));
  return keepers;
}

async function fetchEnvoy(machine: Machine): Promise<Envoy> {
  const envoy = await installEnvoy(machine);
  machine.progress(`Envoy ${envoy.version}`);
  return envoy;
}
