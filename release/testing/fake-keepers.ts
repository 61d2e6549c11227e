import { isParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import { parseRecord } from '../../domain/record.ts';
import type { KeeperMemory, KeeperWorld } from '../keeper/keeper-world.ts';
import { createKeeper, type Keeper } from '../keeper/keeper.ts';
import type { GatewayPort } from '../keeper/render.ts';
import type { KeeperReport } from '../ports.ts';

const pollEveryMs = 500;
const lagMs = 1_700;

/** The keeper of one cluster, and maybe an older one that was taken for dead. */
export interface FakeKeepers {
  follow(): Promise<void>;
  report(): KeeperReport | undefined;
  /** The process dies and starts again; or it only seems dead, and what it tells the gateway comes late. */
  restart(old: 'dead' | 'late'): void;
}

/** What keepers are given, but what each has for itself. */
export type KeeperParts = Omit<KeeperWorld, 'who' | 'memory'> & { readonly parity: Parity };

/** Real keepers that poll for ever while their cluster is up. */
export function fakeKeepers(parts: KeeperParts, isUp: () => boolean): FakeKeepers {
  const memory = keptInMemory();
  let keeper = lateKeeper(parts, memory);
  let late: LateKeeper | undefined;
  /** Each life polls for itself: nobody waits for what a dead one was about to do. */
  const live = (mine: LateKeeper) => {
    const isOurs = () => mine === keeper || mine === late;
    const again = async (work: () => Promise<void>, everyMs: number) => {
      while (isOurs()) {
        if (isUp()) await work().catch(unlessUnreachable);
        await parts.clock.delay(everyMs);
      }
    };
    void again(mine.follow, pollEveryMs);
    void again(mine.render, pollEveryMs);
    void again(mine.judge, parts.policy.gateIntervalMs);
  };
  live(keeper);
  return {
    follow: async () => (isUp() ? await keeper.follow().catch(unlessUnreachable) : undefined),
    report: () => keeper.report(),
    restart: old => {
      keeper.lag.ms = lagMs;
      late = old === 'late' ? keeper : undefined;
      keeper = lateKeeper(parts, memory);
      live(keeper);
    },
  };
}

/** A keeper whose words to the gateway may be held up. */
type LateKeeper = Keeper & { readonly lag: { ms: number } };

function lateKeeper(parts: KeeperParts, memory: KeeperMemory): LateKeeper {
  const lag = { ms: 0 };
  const apply: GatewayPort['apply'] = async rendered => {
    if (lag.ms > 0) await parts.clock.delay(lag.ms);
    await parts.gateway.apply(rendered);
  };
  const gateway = { ...parts.gateway, apply };
  return { lag, ...createKeeper({ ...parts, gateway, memory, who: `keeper ${parts.parity}` }) };
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
