import type { DocumentId } from '../../domain/document-id.ts';
import { isParityError, ParityError } from '../../domain/errors.ts';
import type { NamedPaper, Reconciled } from '../../domain/reconciled.ts';
import { moveDocument, type DocumentRow } from '../kit/document-row.ts';
import { shards } from '../kit/shard.ts';
import { readRow, type Storing } from './storing.ts';

/** Rows on a page at the most, and how long one may take: well below what gateways wait for an answer. */
const page = { rows: 100, ms: 5_000 } as const;

/** Which page, and who asks for it. */
export interface ReconcileAsked {
  /** What was stored before is not looked at: replication had carried it. An instant, as text. */
  readonly since: string | null;
  /** The `next` of the page before; null for the first. */
  readonly after: string | null;
  readonly who: string;
}

/**
 * Compares a page of what was stored since `since` with the vault, after a region or a file system was lost:
 * replication carries vault and rows apart. Rows come first, the newest first; then the vault's folders, one a page.
 * Each file is decrypted, for a replica may hold a part of it. A paper that is lost says so in its row, and is stored
 * anew when its owner's app sends it again. Asking for a page again is safe, also after files were brought back.
 * @throws ParityError `invalid_request`; `vault_unavailable`, `keys_unavailable`, `database_unavailable`: ask again
 */
export async function reconcileVault(
  storing: Storing,
  { since: text, after, who }: ReconcileAsked,
): Promise<Reconciled> {
  const since = parseInstant(text);
  const folder = /^files:(\d{1,2})$/.exec(after ?? '')?.[1];
  if (folder === undefined) return await reconcileRows(storing, { since, after, who });
  const withoutRow = await filesWithoutRow(storing, Number(folder), since);
  const done = { looked: 0, lost: [], found: [], withoutRow };
  return Number(folder) + 1 < shards ? { ...done, next: `files:${Number(folder) + 1}` } : done;
}

function parseInstant(text: string | null): Date {
  const at = new Date(text ?? NaN);
  if (!Number.isNaN(at.getTime())) return at;
  const example = 'since=2026-11-27T02:00:00Z';
  throw new ParityError('invalid_request', `Say since when papers may be lost, such as ${example}.`);
}

interface RowsAsked {
  readonly since: Date;
  readonly after: string | null;
  readonly who: string;
}

async function reconcileRows(storing: Storing, { since, after, who }: RowsAsked): Promise<Reconciled> {
  const rows = await rowsStoredSince(storing, since, after);
  const until = storing.clock.monotonic() + page.ms;
  const lost: NamedPaper[] = [];
  const found: NamedPaper[] = [];
  let looked = 0;
  for (const row of rows) {
    if (looked > 0 && storing.clock.monotonic() >= until) break;
    looked += 1;
    const isThere = await isWhole(storing, row);
    const isSaid = isThere === (row.state !== 'lost');
    if (!isSaid && (await tell(storing, row, { isThere, who }))) (isThere ? found : lost).push(named(row));
    if (!isThere) await letItBeSentAgain(storing, row);
  }
  const isAll = looked === rows.length && rows.length < page.rows;
  return { looked, lost, found, withoutRow: [], next: isAll ? 'files:0' : rows[looked - 1]?.listKey };
}

/** Of those that say `lost`, whatever was never stored has no time of storing. */
function rowsStoredSince({ documents }: Storing, since: Date, after: string | null): Promise<DocumentRow[]> {
  return documents.find({
    where: {
      state: { $in: ['stored', 'notified', 'lost'] },
      storedAt: { $gte: since },
      ...(after !== null && { listKey: { $lt: after } }),
    },
    sort: { listKey: -1 },
    limit: page.rows,
  });
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
  await spool.remove(document, lying => lying !== 'damaged' && lying.settled !== undefined);
}

async function filesWithoutRow(storing: Storing, folder: number, since: Date): Promise<DocumentId[]> {
  const without = new Set<DocumentId>();
  for (const { document, version, modifiedAtMs } of await storing.vault.listFolder(folder)) {
    if (modifiedAtMs < since.getTime()) continue;
    if ((await readRow(storing, { document, version })) === undefined) without.add(document);
  }
  return [...without];
}

function named({ document, owner, name, acceptedAt }: DocumentRow): NamedPaper {
  return { id: document, owner, name, acceptedAt: acceptedAt.toISOString() };
}
