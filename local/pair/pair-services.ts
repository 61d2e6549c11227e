import { perParity, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { WorkloadState } from '../../release/ports.ts';
import { isReady, launchRelease, type LaunchedRelease, type LaunchOptions } from './launch-release.ts';

/** A release that has never been ready does not become so after so many processes of it have ended by themselves. */
const hopelessRestarts = 3;

/** The releases that run in both clusters, side by side. */
export interface PairServices {
  /** Starts a release in a cluster; what runs there already goes on. One process carries every share of the users. */
  run(at: ReleasePlace): Promise<LaunchedRelease>;
  workload(at: ReleasePlace): Promise<WorkloadState>;
  /** Begins to end a release in a cluster, in order; from now on it counts as absent. */
  stop(at: ReleasePlace): Promise<void>;
  of(cluster: Parity): readonly LaunchedRelease[];
  /** Ends all of them in order, and what is ending; for good. */
  stopAll(): Promise<void>;
}

/** A release in a cluster. */
export interface ReleasePlace {
  readonly cluster: Parity;
  readonly release: Release;
}

/** Whom services need to know about their surroundings. */
export interface PairServicesOptions {
  /** What a release is started with. @throws ParityError `release_unknown`, `release_unfit` */
  readonly optionsFor: (at: ReleasePlace) => LaunchOptions;
  /** Told when the releases of a cluster are others than before. */
  readonly onChange: (cluster: Parity) => Promise<void>;
  /** Whether the gateways send requests to the release there; true while that cannot be told. */
  readonly isServed: (at: ReleasePlace) => Promise<boolean>;
}

/** Nothing runs yet. */
export function pairServices(options: PairServicesOptions): PairServices {
  return new RunningServices(options);
}

class RunningServices implements PairServices {
  readonly #options: PairServicesOptions;
  readonly #launched = perParity((): LaunchedRelease[] => []);
  readonly #onceReady = new WeakSet<LaunchedRelease>();
  readonly #ending = new Set<Promise<unknown>>();
  /** Launches of a cluster come one after the other, so that none is made twice. */
  readonly #turns = perParity((): { last: Promise<unknown> } => ({ last: Promise.resolve() }));

  constructor(options: PairServicesOptions) {
    this.#options = options;
  }

  run(at: ReleasePlace): Promise<LaunchedRelease> {
    const turn = this.#turns[at.cluster];
    const mine = turn.last.then(() => this.#runOnce(at));
    turn.last = mine.catch(() => {});
    return mine;
  }

  async workload(at: ReleasePlace): Promise<WorkloadState> {
    const launched = this.#find(at);
    if (launched === undefined) return { state: 'absent' };
    const ready = await Promise.all(launched.processes.map(({ port }) => isReady(port)));
    if (ready.every(Boolean) && (await this.#options.isServed(at))) {
      this.#onceReady.add(launched);
      return { state: 'ready' };
    }
    return this.#onceReady.has(launched) ? { state: 'starting' } : hopeOf(launched);
  }

  async stop(at: ReleasePlace): Promise<void> {
    const launched = this.#find(at);
    if (launched === undefined) return;
    this.#launched[at.cluster] = this.#launched[at.cluster].filter(other => other !== launched);
    const ending: Promise<unknown> = stopProcesses(launched).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    await this.#options.onChange(at.cluster);
  }

  of(cluster: Parity): readonly LaunchedRelease[] {
    return this.#launched[cluster];
  }

  async stopAll(): Promise<void> {
    await Promise.all([...Object.values(this.#launched).flat().map(stopProcesses), ...this.#ending]);
  }

  async #runOnce(at: ReleasePlace): Promise<LaunchedRelease> {
    const running = this.#find(at);
    if (running !== undefined) return running;
    const launched = await launchRelease(this.#options.optionsFor(at));
    this.#launched[at.cluster].push(launched);
    await this.#options.onChange(at.cluster);
    return launched;
  }

  #find({ cluster, release }: ReleasePlace): LaunchedRelease | undefined {
    return this.#launched[cluster].find(known => known.release === release);
  }
}

function hopeOf({ processes }: LaunchedRelease): WorkloadState {
  for (const { workload } of processes) {
    const { restarts, lastEnd } = workload.status();
    if (restarts >= hopelessRestarts)
      return { state: 'failed', why: `${lastEnd ?? 'it does not start'} (see ./parity logs)` };
  }
  return { state: 'starting' };
}

async function stopProcesses({ processes }: LaunchedRelease): Promise<void> {
  await Promise.all(processes.map(({ workload }) => workload.stop()));
}
