import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parities } from '../../domain/parity.ts';
import type { StatePaths } from '../state/state-paths.ts';

/**
 * Forgets every document, queue and key of a pair; its state must be held. Only what a pair makes is deleted: the state
 * folder may be one that holds other things too.
 */
export async function beginAnew(paths: StatePaths): Promise<void> {
  const { keys, releases, builds, spool, vault, brokers, gateways, database, phones, logFolder, run } = paths;
  const folders = [
    keys.folder,
    releases,
    builds,
    spool,
    vault,
    database,
    phones,
    logFolder,
    ...parities.flatMap(parity => [brokers[parity], gateways[parity]]),
  ];
  const files = [run, join(paths.root, paths.controlSocket)];
  await Promise.all([...folders, ...files].map(path => rm(path, { recursive: true, force: true })));
}
