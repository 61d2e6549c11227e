import { parities } from '../domain/parity.ts';
import type { Control } from '../local/control/control-client.ts';
import type { Clock } from '../release/ports.ts';
import type { CliProcess } from './cli-process.ts';
import { percentile } from './open-load.ts';
import { residentBytes, type RunningPair } from './running-pair.ts';

/** What may be spent (issue 5); promised on a machine that does nothing else, so it is printed beside what was seen. */
const promised = { megabytes: 150, statusMs: 300 } as const;

/** A look is a process of its own: oftener it would be a load itself. */
const lookEveryMs = 5_000;

/** How much memory an engine and keepers hold, and how long a status takes, while a release is shipped. */
export interface FootprintWatch {
  /** Ends looking; a line each, with `held` or `MISSED`. */
  stop(): Promise<string[]>;
}

/** Looks every few seconds, until it is stopped, at memory and at how long `./parity status` takes. */
export function watchFootprint(
  engine: CliProcess,
  { pair, control, clock }: { pair: Pick<RunningPair, 'parity'>; control: Control; clock: Clock },
): FootprintWatch {
  const most = { engine: 0, keeper: 0 };
  const statusMs: number[] = [];
  const stopping = new AbortController();
  const megabytes = async (pid: number | undefined) =>
    pid === undefined ? 0 : ((await residentBytes(pid).catch(() => 0)) || 0) / 1024 ** 2;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const { clusters } = await control.status();
      const keepers = await Promise.all(parities.map(parity => megabytes(clusters[parity].keeper.pid)));
      most.engine = Math.max(most.engine, await megabytes(engine.pid));
      most.keeper = Math.max(most.keeper, ...keepers);
      const began = clock.monotonic();
      await pair.parity('status', '--json');
      statusMs.push(clock.monotonic() - began);
      await clock.delay(lookEveryMs, stopping.signal).catch(() => {});
    }
  })();
  watching.catch(() => {});
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return [
        `engine: ${verdictOn(most.engine, promised.megabytes)} MB`,
        `keeper: ${verdictOn(most.keeper, promised.megabytes)} MB`,
        `status: ${verdictOn(percentile(statusMs, 0.5), promised.statusMs)} ms (p50; at most ${Math.max(...statusMs).toFixed(0)} ms)`,
      ];
    },
  };
}

function verdictOn(seen: number, limit: number): string {
  return `${seen < limit ? 'held' : 'MISSED'}, ${seen.toFixed(0)} of ${limit}`;
}
