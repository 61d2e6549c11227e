import type { Clock } from '../../services/kit/ports.ts';
import type { LoadResult } from '../load/load-job.ts';
import type { LoadClient } from '../load/start-load-client.ts';
import { cpuMs } from '../process-usage.ts';
import { documentSizes, type Contestant, type ContestantName, type DocumentSize } from './contestant.ts';
import { measureFiles, type FilesTurn } from './measure-files.ts';
import { measureSync } from './measure-sync.ts';

/** What one contestant did in one round. */
export interface Turn extends LoadResult {
  readonly size: DocumentSize;
  readonly contestant: ContestantName;
  readonly round: number;
  /** Answers by which a document was not taken, and connections that broke. */
  readonly failed: number;
  readonly taken: number;
  /** CPU time spent by each process that works for it, and by the client, in ms. */
  readonly cpuMs: Readonly<Record<string, number>>;
}

/** All turns of a run, and what the disk could do meanwhile. */
export interface Rounds {
  readonly turns: readonly Turn[];
  /** Milliseconds for one write and sync of that size. */
  readonly syncMs: Readonly<Record<DocumentSize, readonly number[]>>;
  /** Documents of that size made durable with nothing else to do, round by round, as cheaply as can be. */
  readonly files: Readonly<Record<DocumentSize, readonly FilesTurn[]>>;
}

/** How the contestants are measured. */
export interface RoundsPlan {
  readonly contestants: readonly Contestant[];
  readonly client: LoadClient;
  readonly connections: number;
  readonly sizes: readonly DocumentSize[];
  readonly rounds: number;
  /** How long a turn takes; one of `warmUpMs` that does not count comes before the first of each size. */
  readonly turnMs: number;
  readonly warmUpMs: number;
  /** A folder on the spool's file system. */
  readonly folder: string;
  /** How long a turn of the bare disk takes, and one of bare files. */
  readonly syncMs: number;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}

/** Has all contestants take turns, in another order each round, so that what the machine does meanwhile hits all alike. */
export async function runRounds(plan: RoundsPlan): Promise<Rounds> {
  const { sizes, contestants, folder, clock, tell } = plan;
  const turns: Turn[] = [];
  const syncMs = { '1 KB': [], '200 KB': [], '2 MB': [] } as Record<DocumentSize, number[]>;
  const files = { '1 KB': [], '200 KB': [], '2 MB': [] } as Record<DocumentSize, FilesTurn[]>;
  for (let round = 0; round <= plan.rounds; round++) {
    tell(round === 0 ? 'accept: warming up' : `accept: round ${round} of ${plan.rounds}`);
    for (const size of sizes) {
      for (const contestant of rotated(contestants, round)) {
        const turn = await takeTurn(contestant, { ...plan, size, round });
        if (round > 0) turns.push(turn);
      }
      if (round === 0) continue;
      const bare = { bytes: documentSizes[size], forMs: plan.syncMs, clock };
      syncMs[size].push(...(await measureSync(folder, bare)));
      files[size].push(await measureFiles(folder, bare));
    }
  }
  return { turns, syncMs, files };
}

/** The same in another order. */
export function rotated<T>(values: readonly T[], by: number): T[] {
  const at = by % values.length;
  return [...values.slice(at), ...values.slice(0, at)];
}

async function takeTurn(
  contestant: Contestant,
  { client, connections, size, round, ...plan }: RoundsPlan & { size: DocumentSize; round: number },
): Promise<Turn> {
  const bodyBytes = documentSizes[size];
  const processes = { ...contestant.processes, client: client.pid };
  const before = await cpuOf(processes);
  const result = await client.send({
    port: contestant.port,
    head: contestant.head(bodyBytes),
    bodyBytes,
    connections,
    forMs: round === 0 ? plan.warmUpMs : plan.turnMs,
  });
  const after = await cpuOf(processes);
  await contestant.empty();
  const taken = result.statuses[contestant.takes] ?? 0;
  const all = Object.values(result.statuses).reduce((sum, count) => sum + count, 0);
  const spent = Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)] as const);
  const known = { size, contestant: contestant.name, round, taken, failed: all - taken };
  return { ...result, ...known, cpuMs: Object.fromEntries(spent) };
}

async function cpuOf(processes: Contestant['processes']): Promise<Record<string, number>> {
  const spent = Object.entries(processes).map(async ([name, pid]) => [name, await cpuMs(pid)] as const);
  return Object.fromEntries(await Promise.all(spent));
}
