import { findInSpool, readRow, type Storing } from './storing.ts';
import type { VaultFile } from './vault/vault.ts';

/**
 * Deletes vault files that lost a race or whose writer died before the row: only where a row names another file, only
 * when no payload waits in the spool, and late. A file without any row is left alone: the row may come back from a
 * backup, and without it nobody can read the file anyway. Says how many went.
 */
export async function reapVaultFolder(
  storing: Storing,
  folder: number,
  orphanAfterMs: number,
): Promise<number> {
  const before = storing.clock.now() - orphanAfterMs;
  let reaped = 0;
  for (const file of await storing.vault.listFolder(folder)) {
    if (file.modifiedAtMs < before && (await isOrphan(storing, file))) {
      await storing.vault.remove(file.file);
      reaped += 1;
    }
  }
  return reaped;
}

async function isOrphan(storing: Storing, { document, version, file }: VaultFile): Promise<boolean> {
  const manifest = await findInSpool(storing, document);
  if (manifest === 'damaged' || (manifest !== undefined && manifest.settled === undefined)) return false;
  const row = await readRow(storing, { document, version });
  return row !== undefined && row.state !== 'storing' && row.state !== 'corrupt' && row.file !== file;
}
