import type { Clock } from '../../services/kit/ports.ts';
import { residentBytes } from '../process-usage.ts';

/** Memory of one process while something went on, in bytes. */
export interface ResidentGrowth {
  readonly name: string;
  readonly before: number;
  readonly most: number;
  readonly growth: number;
}

const lookEveryMs = 100;

/** Watches processes until `stop`, which says how far each went beyond where it began. */
export async function watchResidents(
  processes: Readonly<Record<string, number>>,
  clock: Clock,
): Promise<{ stop(): Promise<ResidentGrowth[]> }> {
  const stopped = new AbortController();
  const look = () => Promise.all(Object.values(processes).map(residentBytes));
  const before = await look();
  let most = before;
  const lookAgain = async () => {
    const now = await look();
    most = most.map((bytes, at) => Math.max(bytes, now[at] ?? 0));
  };
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await clock.delay(lookEveryMs, stopped.signal).catch(() => {});
      await lookAgain();
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await watching;
      return Object.keys(processes).map((name, at) => grown(name, before[at] ?? 0, most[at] ?? 0));
    },
  };
}

function grown(name: string, before: number, most: number): ResidentGrowth {
  return { name, before, most, growth: most - before };
}
