import { rm } from 'node:fs/promises';
import { makePrivateFolder } from '../state/private-file.ts';
import type { StatePaths } from '../state/state-paths.ts';

/** Forgets every document, queue and key of a pair; its state must be held. */
export async function beginAnew(paths: StatePaths): Promise<void> {
  await rm(paths.root, { recursive: true, force: true });
  await makePrivateFolder(paths.root);
}
