import { opendir } from 'node:fs/promises';
import { ParityError } from '../../domain/errors.ts';
import { readIfThere } from '../state/private-file.ts';
import type { StatePaths } from '../state/state-paths.ts';

/**
 * Makes sure that a master key which is not there is one that never was: a new one beside old documents would be found
 * out when somebody wants to read one, and until then seal others that need it too. @throws ParityError `would_lose`
 */
export async function refuseLostMasterKey({
  keys,
  vault,
}: Pick<StatePaths, 'keys' | 'vault'>): Promise<void> {
  if ((await readIfThere(keys.master)) !== undefined || !(await holdsFiles(vault))) return;
  throw new ParityError(
    'would_lose',
    `${keys.master} is gone, and what the vault holds opens with it alone: put back a copy (npm start -- --fresh gives all of that up).`,
  );
}

async function holdsFiles(folder: string): Promise<boolean> {
  for await (const entry of await opendir(folder, { recursive: true })) if (entry.isFile()) return true;
  return false;
}
