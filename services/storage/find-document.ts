import { parseDocumentId } from '../../domain/document-id.ts';
import { isReadable } from '../../domain/document.ts';
import { isParityError, ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { readRow, type Storing } from './storing.ts';

/** What is known of a document: its row, or its spool file until there is a row, or while the database is away. */
export type Found =
  | { readonly row: DocumentRow }
  | { readonly manifest: Manifest; readonly databaseAway: ParityError | undefined };

/**
 * A user's own document. The spool answers for what has no row yet, and for its receipts while the database is away.
 * @throws ParityError `not_found`, also for what belongs to somebody else; `database_unavailable`.
 */
export async function findOwnDocument(storing: Storing, by: { id: string; user: string }): Promise<Found> {
  const document = parseDocumentId(by.id);
  let databaseAway: ParityError | undefined;
  try {
    const row = await readRow(storing, { document, version: 1 });
    if (row !== undefined) return own(row, by.user, { row });
  } catch (error) {
    if (!isParityError(error, 'database_unavailable')) throw error;
    databaseAway = error;
  }
  const manifest = await storing.spool.find(document);
  if (manifest !== undefined) return own(manifest, by.user, { manifest, databaseAway });
  throw databaseAway ?? notFound();
}

/**
 * The row of a document whose content can be read now.
 * @throws ParityError `not_found`; `conflict` while it is on its way or when it was put aside; `database_unavailable`.
 */
export function readableRow(found: Found): DocumentRow {
  if ('manifest' in found && found.databaseAway !== undefined) throw found.databaseAway;
  if ('row' in found && isReadable(found.row.state)) return found.row;
  const state = 'row' in found ? found.row.state : 'accepted';
  if (state === 'deleted') throw new ParityError('not_found', 'The document was deleted.');
  throw new ParityError('conflict', `The document is ${state}: its content cannot be read now.`);
}

function own<T>(of: { owner: string }, user: string, found: T): T {
  if (of.owner !== user) throw notFound();
  return found;
}

/** The same answer for what is not there and what is somebody else's. */
export function notFound(): ParityError {
  return new ParityError('not_found', 'There is no such document.');
}
