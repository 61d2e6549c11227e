import { join } from 'node:path';
import { parities, perParity, type Parity } from '../../domain/parity.ts';
import { probes } from '../../domain/catalogue.ts';
import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { openLogFile } from '../supervisor/log-file.ts';
import { startProcess } from '../supervisor/start-process.ts';
import { supervise, type Workload, type WorkloadStatus } from '../supervisor/workload.ts';

const projectFolder = join(import.meta.dirname, '..', '..');
const program = join(projectFolder, 'services', 'main.ts');

/** Long enough for a document under way; a laptop's owner who presses Ctrl-C does not wait longer. */
const graceMs = 10_000;

const readyWithinMs = 60_000;
const pollMs = 50;

/** What the process of a cluster's services needs. */
export interface LaunchOptions {
  /** The Node to run it. */
  readonly node: string;
  readonly environments: Record<Parity, Record<string, string>>;
  readonly logs: StatePaths['logs'];
  readonly setpriv: string | undefined;
  readonly clock: Clock;
  readonly onChange: (parity: Parity, status: WorkloadStatus) => void;
}

/** Starts one process per cluster that runs all its services. */
export function launchServices(options: LaunchOptions): Record<Parity, Workload> {
  const { node, environments, logs, setpriv, clock } = options;
  return perParity(parity => {
    const log = openLogFile(logs[parity]);
    const start = () =>
      startProcess({
        name: `services of ${parity}`,
        program: node,
        args: [program],
        env: environments[parity],
        cwd: projectFolder,
        log,
        setpriv,
        graceMs,
        clock,
      });
    return supervise({ start, clock, onChange: status => options.onChange(parity, status) });
  });
}

/**
 * Resolves when the services of both clusters are ready; rejects with the reason of `stop`.
 * @throws ParityError `service_failed` that names the log to look into.
 */
export async function untilReady(
  urls: Record<Parity, string>,
  { logs, clock, stop }: { logs: StatePaths['logs']; clock: Clock; stop: AbortSignal },
): Promise<void> {
  const deadline = clock.monotonic() + readyWithinMs;
  for (const parity of parities) {
    while (!(await isReady(`${urls[parity]}${probes.readiness}`))) {
      if (clock.monotonic() > deadline) {
        const message = `The services of ${parity} do not become ready: see ${logs[parity]}.`;
        throw new ParityError('service_failed', message);
      }
      await clock.delay(pollMs, stop);
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
