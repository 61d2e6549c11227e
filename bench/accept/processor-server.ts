import { join } from 'node:path';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { serviceEnvironment } from '../../local/pair/service-environment.ts';
import { ownContract } from '../../local/releases/contract/release-contract.ts';
import type { StatePaths } from '../../local/state/state-paths.ts';
import { startServer, type RunningServer } from '../servers/start-server.ts';

/** What a processor needs: its paths, and a broker for each cluster. */
export interface ProcessorSurroundings {
  readonly cluster: Parity;
  readonly release: Release;
  readonly paths: StatePaths;
  readonly brokerUrls: Record<Parity, string>;
  readonly setpriv: string | undefined;
}

const main = join(import.meta.dirname, '..', '..', 'services', 'main.ts');

/** Starts a process that runs the processor alone, with the environment that its contract asks for. */
export function startProcessor(around: ProcessorSurroundings): Promise<RunningServer> {
  const env = serviceEnvironment(around.cluster, {
    ...around,
    prepared: { release: around.release, fault: undefined, contract: ownContract },
    place: { services: ['processor'], port: 0 },
    publicUrl: 'http://parity.bench',
    // Not of the processor's contract, so it is not told.
    ...{ databaseUrl: '', fcmUrl: '', keeperUrl: '' },
    env: {},
  });
  return startServer({ name: 'the processor', args: [main], env, setpriv: around.setpriv });
}
