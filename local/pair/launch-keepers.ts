import { join, resolve } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { parities, perParity, perParityAsync, type Parity } from '../../domain/parity.ts';
import { askKeeper } from '../../release/keeper/ask-keeper.ts';
import { choosePorts } from '../engines/ports.ts';
import { findProgram } from '../engines/programs.ts';
import { keeperEnvironment } from '../keeper/keeper-environment.ts';
import { openLogFile } from '../supervisor/log-file.ts';
import { moduleCacheOf } from '../supervisor/module-cache.ts';
import { startProcess } from '../supervisor/start-process.ts';
import { supervise, type Workload } from '../supervisor/workload.ts';
import type { PairOptions } from './pair-options.ts';
import { tellEnd } from './tell-end.ts';

const project = join(import.meta.dirname, '..', '..');
const program = join(project, 'local', 'keeper', 'main.ts');

/** It reads logs, so most of what it makes is rubbish at once: a small nursery keeps it below 150 MB. */
const flags = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/** It keeps nothing that is not written already. */
const graceMs = 2_000;
const followingWithinMs = 60_000;
const pollMs = 50;

/** The keeper of a cluster: a process that is kept running, always at the same place. */
export interface KeeperProcess {
  readonly url: string;
  readonly workload: Workload;
}

/** Starts the keeper of each cluster. What it tells stands in its cluster's log. */
export async function launchKeepers(
  { paths, process, env: ours, clock, tell }: PairOptions,
  prometheusUrl: string,
): Promise<Record<Parity, KeeperProcess>> {
  const [ports, setpriv] = await Promise.all([
    choosePorts('the keepers', parities),
    findProgram({ env: ours }, 'setpriv'),
  ]);
  return perParity(cluster => {
    const port = ports[cluster];
    const name = `keeper of ${cluster}`;
    const log = openLogFile(paths.logs[cluster]);
    const stateFolder = resolve(paths.root);
    const env = {
      ...keeperEnvironment({ cluster, stateFolder, port, prometheusUrl }),
      NODE_COMPILE_CACHE: moduleCacheOf(project),
    };
    const place = { name, program: process.node, args: [...flags, program], cwd: project, env };
    const start = () => startProcess({ ...place, log, setpriv, graceMs, clock });
    const workload = supervise({ start, clock, onChange: status => tellEnd(name, status, tell) });
    return { url: `http://127.0.0.1:${port}`, workload };
  });
}

/**
 * Resolves when both keepers have rendered the record and read it back; rejects with the reason of `stop`.
 * @throws ParityError `service_failed` that names the log to look into
 */
export async function untilKeepersFollow(
  keepers: Record<Parity, KeeperProcess>,
  { paths, clock, stop }: Pick<PairOptions, 'paths' | 'clock'> & { readonly stop: AbortSignal },
): Promise<void> {
  const deadline = clock.monotonic() + followingWithinMs;
  const untilFollowing = async (parity: Parity) => {
    const { nudge, keeper } = askKeeper(keepers[parity].url);
    const follows = async () => {
      // Else it would look by itself, half a second later.
      await nudge();
      return (await keeper()).readBack;
    };
    while (!(await follows().catch(() => false))) {
      if (clock.monotonic() > deadline) {
        const message = `The keeper of ${parity} does not take the record over: see ${paths.logs[parity]}.`;
        throw new ParityError('service_failed', message);
      }
      await clock.delay(pollMs, stop);
    }
  };
  await perParityAsync(untilFollowing);
}
