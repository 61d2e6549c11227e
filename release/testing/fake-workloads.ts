import type { Release } from '../../domain/release.ts';
import type { Clock, ClusterPort, WorkloadState } from '../ports.ts';

/** How long a fake release takes to start and its queues to drain. */
const startMs = 1_500;
const drainMs = 2_000;

/** What of a cluster is about releases: their processes and their queues. */
export interface FakeWorkloads extends Omit<ClusterPort, 'keeper' | 'nudge'> {
  /** Whether a release could serve if the cluster were up. */
  isReady(release: Release): boolean;
  /** What has queues there. */
  queues(): Release[];
}

/** Releases in memory, where `running` have been running for long; `demandUp` throws while nothing answers. */
export function fakeWorkloads(parts: {
  readonly running: readonly Release[];
  readonly cannotStart: ReadonlySet<Release>;
  readonly clock: Clock;
  readonly demandUp: () => void;
}): FakeWorkloads {
  const { running, cannotStart, clock, demandUp } = parts;
  const startedAt = new Map<Release, number>(running.map(release => [release, -Infinity]));
  const drainedAt = new Map<Release, number>();
  const queues = new Set<Release>(running);
  const isReady = (release: Release) =>
    !cannotStart.has(release) && clock.monotonic() - (startedAt.get(release) ?? Infinity) >= startMs;
  const workloadOf = (release: Release): WorkloadState => {
    if (!startedAt.has(release)) return { state: 'absent' };
    if (cannotStart.has(release)) return { state: 'failed', why: 'its image is missing' };
    return { state: isReady(release) ? 'ready' : 'starting' };
  };
  const answering = <Args extends unknown[], T>(work: (...args: Args) => T) => {
    return async (...args: Args) => {
      demandUp();
      return work(...args);
    };
  };
  return {
    isReady,
    queues: () => [...queues],
    run: answering((release: Release) => {
      if (!startedAt.has(release)) startedAt.set(release, clock.monotonic());
      queues.add(release);
    }),
    workload: answering(workloadOf),
    stop: answering((release: Release) => void startedAt.delete(release)),
    unpublish: answering((release: Release) => {
      if (!drainedAt.has(release)) drainedAt.set(release, clock.monotonic() + drainMs);
    }),
    backlog: answering((release: Release) =>
      clock.monotonic() < (drainedAt.get(release) ?? Infinity) ? 3 : 0,
    ),
    deleteQueues: answering((release: Release) => void queues.delete(release)),
  };
}
