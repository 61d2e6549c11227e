import { parities } from '../../domain/parity.ts';
import type { RunningEngine } from '../engines/engine.ts';
import { startFcmStandIn } from '../fcm/stand-in.ts';
import { startKeeperEndpoint } from '../record/keeper-endpoint.ts';
import type { Workload } from '../supervisor/workload.ts';
import type { Closing } from './closing.ts';
import { launchEngines, type PairEngines } from './launch-engines.ts';
import type { PairOptions } from './pair-options.ts';
import type { PreparedPair } from './prepare-pair.ts';

/** What the services of both clusters need beside each other. */
export interface Surroundings {
  readonly engines: PairEngines;
  readonly fcmUrl: string;
  readonly keeperUrl: string;
}

/** Starts engines, phones and keeper; resolves when the engines answer. */
export async function startSurroundings(
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
