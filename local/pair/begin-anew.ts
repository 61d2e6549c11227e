import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parities } from '../../domain/parity.ts';
import type { StatePaths } from '../state/state-paths.ts';

/**
 * Forgets every document, queue and key of a pair; its state must be held. Only what a pair makes is deleted: the state
 * folder may be one that holds other things too.
 */
export async function beginAnew(paths: StatePaths): Promise<void> {
  const folders = [
    paths.keys.folder,
    paths.releases,
    paths.builds,
    paths.spool,
    paths.vault,
    paths.database,
    paths.prometheus,
    paths.phones,
    paths.logFolder,
    ...parities.flatMap(parity => [paths.brokers[parity], paths.gateways[parity], paths.keepers[parity]]),
  ];
  const files = [paths.run, paths.dns, join(paths.root, paths.controlSocket)];
  await Promise.all([...folders, ...files].map(path => rm(path, { recursive: true, force: true })));
}
