import { isParityError, ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import { parseRecord } from '../../domain/record.ts';
import type { Release } from '../../domain/release.ts';
import type { KeeperMemory, KeeperWorld } from '../keeper/keeper-world.ts';
import { createKeeper, type Keeper } from '../keeper/keeper.ts';
import type { ClusterPort } from '../ports.ts';
import { fakeGateway, type FakeGateway } from './fake-gateway.ts';
import { fakeWorkloads, type FakeWorkloads } from './fake-workloads.ts';

const pollEveryMs = 500;
const lagMs = 1_700;

/** A keeper whose words to the gateway may be held up. */
type LateKeeper = Keeper & { readonly lag: { ms: number } };

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
export type ClusterParts = Omit<KeeperWorld, 'gateway' | 'who' | 'memory'> & {
  readonly parity: Parity;
  readonly cannotStart: ReadonlySet<Release>;
  readonly running: readonly Release[];
};

/** A cluster that is up, where `running` has been running for long; its keeper polls for ever. */
export function fakeCluster(parts: ClusterParts): FakeCluster {
  const { parity, clock } = parts;
  let up = true;
  const unreachable = (what: string) =>
    new ParityError('unreachable', `${what} of ${parity} does not answer.`);
  const demandUp = () => {
    if (!up) throw unreachable('The control plane');
  };
  const gateway = fakeGateway(() => up);
  const memory = keptInMemory();
  const newKeeper = (): LateKeeper => {
    const lag = { ms: 0 };
    const apply: FakeGateway['apply'] = async rendered => {
      if (lag.ms > 0) await clock.delay(lag.ms);
      await gateway.apply(rendered);
    };
    const who = `keeper ${parity}`;
    return { lag, ...createKeeper({ ...parts, who, gateway: { ...gateway, apply }, memory }) };
  };
  let keeper = newKeeper();
  let late: LateKeeper | undefined;
  const round = async () => {
    if (!up) return;
    void late?.round().catch(unlessUnreachable);
    await keeper.round().catch(unlessUnreachable);
  };
  const pollForEver = async (): Promise<never> => {
    for (;;) {
      await round();
      await clock.delay(pollEveryMs);
    }
  };
  void pollForEver();

  return {
    ...fakeWorkloads({ ...parts, demandUp }),
    gateway,
    isUp: () => up,
    setUp: to => {
      up = to;
    },
    restartKeeper: (old = 'dead') => {
      keeper.lag.ms = lagMs;
      late = old === 'late' ? keeper : undefined;
      keeper = newKeeper();
    },
    nudge: async () => {
      demandUp();
      void round();
    },
    keeper: async () => {
      demandUp();
      const report = keeper.report();
      if (report === undefined) throw unreachable('The keeper');
      return report;
    },
  };
}

function keptInMemory(): KeeperMemory {
  let text: string | undefined;
  return {
    load: async () => (text === undefined ? undefined : parseRecord(JSON.parse(text))),
    save: async record => {
      text = JSON.stringify(record);
    },
  };
}

function unlessUnreachable(error: unknown): void {
  if (!isParityError(error, 'unreachable')) throw error;
}
