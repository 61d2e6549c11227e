import { perParity, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { launchRelease, type LaunchedRelease, type LaunchOptions } from './launch-release.ts';

/** The releases that run in both clusters. */
export interface PairServices {
  /** Starts a release in a cluster. */
  launch(cluster: Parity, release: Release): Promise<LaunchedRelease>;
  of(cluster: Parity): readonly LaunchedRelease[];
  /** Ends all of them in order. */
  stop(): Promise<void>;
}

/** Nothing runs yet. `optionsFor` says what a release is started with. */
export function pairServices(optionsFor: (cluster: Parity, release: Release) => LaunchOptions): PairServices {
  const launched = perParity((): LaunchedRelease[] => []);
  return {
    launch: async (cluster, release) => {
      const started = await launchRelease(optionsFor(cluster, release));
      launched[cluster].push(started);
      return started;
    },
    of: cluster => launched[cluster],
    stop: async () => {
      const processes = Object.values(launched).flatMap(releases =>
        releases.flatMap(release => release.processes),
      );
      await Promise.all(processes.map(({ workload }) => workload.stop()));
    },
  };
}
