import type { DocumentId } from '../../domain/document-id.ts';
import { isParityError } from '../../domain/errors.ts';
import { moveDocument, type DocumentRow } from '../kit/document-row.ts';
import { shards } from '../kit/shard.ts';
import { findInSpool, readRow, type Storing } from './storing.ts';

/** Rows read at once. */
const pageRows = 200;

/** A paper that a row tells of, as its owner knows it. */
export interface NamedPaper {
  readonly id: DocumentId;
  readonly owner: string;
  readonly name: string;
  readonly acceptedAt: string;
}

/** What vault and rows do not agree about, by name. */
export interface Reconciled {
  /** Rows looked at: those stored since the time given. */
  readonly looked: number;
  /** Their file is not there, or does not decrypt to what was accepted: they say `lost` now. */
  readonly lost: readonly NamedPaper[];
  /** They said `lost`, and their file is there (again). */
  readonly found: readonly NamedPaper[];
  /** Vault files whose row did not arrive. Their key lay in it, so nobody can read them; a backup's row brings them back. */
  readonly withoutRow: readonly DocumentId[];
}

/**
 * Compares what was stored since `since` with the vault, after a region or a file system was lost: replication carries
 * vault and rows apart. Each file is decrypted, for a replica may hold a part of it. A paper that is lost says so in
 * its row, and is stored anew when its owner's app sends it again. May be run again at any time, also after files were
 * brought back from a backup.
 * @throws ParityError `vault_unavailable`, `keys_unavailable`, `database_unavailable`: then nothing is known of the rest
 */
export async function reconcileVault(
  storing: Storing,
  { since, who }: { readonly since: Date; readonly who: string },
): Promise<Reconciled> {
  const lost: NamedPaper[] = [];
  const found: NamedPaper[] = [];
  let looked = 0;
  for await (const row of rowsStoredSince(storing, since)) {
    looked += 1;
    const isThere = await isWhole(storing, row);
    const isSaid = isThere === (row.state !== 'lost');
    if (!isSaid && (await tell(storing, row, { isThere, who }))) (isThere ? found : lost).push(named(row));
    if (!isThere) await letItBeSentAgain(storing, row);
  }
  return { looked, lost, found, withoutRow: await filesWithoutRow(storing, since) };
}

/** The newest first; a row that changes meanwhile keeps its place. */
async function* rowsStoredSince({ documents }: Storing, since: Date): AsyncIterable<DocumentRow> {
  let before: string | undefined;
  for (;;) {
    const page = await documents.find({
      where: {
        state: { $in: ['stored', 'notified', 'lost'] },
        storedAt: { $gte: since },
        ...(before !== undefined && { listKey: { $lt: before } }),
      },
      sort: { listKey: -1 },
      limit: pageRows,
    });
    yield* page.filter(({ state, reason }) => state !== 'lost' || reason === 'vault_file_missing');
    before = page.at(-1)?.listKey;
    if (page.length < pageRows) return;
  }
}

async function isWhole({ vault }: Storing, row: DocumentRow): Promise<boolean> {
  const { file, wrappedKey, sha256 } = row;
  if (file === undefined || wrappedKey === undefined) return false;
  try {
    return (await vault.hash(row, { file, wrappedKey })) === sha256;
  } catch (error) {
    if (isParityError(error, 'document_corrupt')) return false;
    throw error;
  }
}

/** False when somebody else changed the row meanwhile: he knows more of it than we do. */
async function tell(
  { documents, clock, log }: Storing,
  row: DocumentRow,
  { isThere, who }: { readonly isThere: boolean; readonly who: string },
): Promise<boolean> {
  const { document } = row;
  if (!isThere) log.error({ document, alarm: 'document_lost' }, 'a vault file did not survive');
  const moved = await moveDocument(documents, row, {
    to: isThere ? 'stored' : 'lost',
    by: who,
    at: new Date(clock.now()),
    note: isThere ? 'its file is there again' : 'its file did not survive',
    set: { reason: isThere ? undefined : 'vault_file_missing' },
  });
  return moved !== undefined;
}

/** A receipt would answer the app that the paper is stored. */
async function letItBeSentAgain({ spool }: Storing, { document }: DocumentRow): Promise<void> {
  const manifest = await findInSpool({ spool }, document);
  if (manifest !== undefined && manifest !== 'damaged' && manifest.settled !== undefined)
    await spool.remove(document);
}

async function filesWithoutRow(storing: Storing, since: Date): Promise<DocumentId[]> {
  const without = new Set<DocumentId>();
  for (let folder = 0; folder < shards; folder += 1) {
    for (const { document, version, modifiedAtMs } of await storing.vault.listFolder(folder)) {
      if (modifiedAtMs < since.getTime()) continue;
      if ((await readRow(storing, { document, version })) === undefined) without.add(document);
    }
  }
  return [...without];
}

function named({ document, owner, name, acceptedAt }: DocumentRow): NamedPaper {
  return { id: document, owner, name, acceptedAt: acceptedAt.toISOString() };
}
