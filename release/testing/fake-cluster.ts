import { ParityError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import type { ClusterPort } from '../ports.ts';
import { fakeGateway, type FakeGateway } from './fake-gateway.ts';
import { fakeKeepers, type KeeperParts } from './fake-keepers.ts';
import { fakeWorkloads, type FakeWorkloads } from './fake-workloads.ts';

/** A cluster in memory, with a real keeper. */
export interface FakeCluster extends ClusterPort, Pick<FakeWorkloads, 'isReady' | 'queues'> {
  readonly gateway: FakeGateway;
  isUp(): boolean;
  /** Kills or heals all of it; what ran runs again. */
  setUp(up: boolean): void;
  /** The keeper's process dies and starts again; or it only seems dead, and what it tells the gateway comes late. */
  restartKeeper(old?: 'dead' | 'late'): void;
}

/** Everything the cluster needs but its gateway, and which releases can not start. */
export type ClusterParts = Omit<KeeperParts, 'gateway'> & {
  readonly cannotStart: ReadonlySet<Release>;
  readonly running: readonly Release[];
};

/** A cluster that is up, where `running` has been running for long. */
export function fakeCluster(parts: ClusterParts): FakeCluster {
  let up = true;
  const unreachable = (what: string) =>
    new ParityError('unreachable', `${what} of ${parts.parity} does not answer.`);
  const demandUp = () => {
    if (!up) throw unreachable('The control plane');
  };
  const gateway = fakeGateway(() => up);
  const keepers = fakeKeepers({ ...parts, gateway }, () => up);
  return {
    ...fakeWorkloads({ ...parts, demandUp }),
    gateway,
    isUp: () => up,
    setUp: to => {
      up = to;
    },
    restartKeeper: (old = 'dead') => keepers.restart(old),
    nudge: async () => {
      demandUp();
      void keepers.follow();
    },
    keeper: async () => {
      demandUp();
      const report = keepers.report();
      if (report === undefined) throw unreachable('The keeper');
      return report;
    },
  };
}
