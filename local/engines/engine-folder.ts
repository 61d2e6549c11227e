import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import { processesIn } from './process-tree.ts';

const patienceMs = 3_000;
const pollMs = 20;

/**
 * Makes sure that a data folder is there and that nobody works in it: engines run with their data folder as working
 * directory, so this sees them without any lock file that could be stale. What a killed engine left behind needs a
 * moment to notice and go.
 *
 * @returns the folder's real path
 * @throws ParityError `already_running` that names the process
 */
export async function takeEngineFolder(name: string, given: string): Promise<string> {
  await mkdir(given, { recursive: true, mode: 0o700 });
  const folder = await realpath(given);
  const patience = AbortSignal.timeout(patienceMs);
  for (;;) {
    const [user] = await processesIn(folder);
    if (user === undefined) return folder;
    if (patience.aborted) {
      throw new ParityError(
        'already_running',
        `${name}: process ${user.pid} works in ${folder}. End it (kill ${user.pid}) or choose another folder.`,
      );
    }
    await pause(pollMs);
  }
}
