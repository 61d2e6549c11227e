import type { Claims } from '../../domain/claims.ts';
import { parseDocumentId } from '../../domain/document-id.ts';
import { ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import { findOwnDocument, notFound } from './find-document.ts';
import { readRow, type Storing } from './storing.ts';

/** Whoever changes a row five times in between is busier than a document ever is. */
const maxTries = 5;

/**
 * Takes back every link to a document that was minted until now, by its owner or an admin. It is a number in the row,
 * not a time: clocks of two machines need not agree on what was before.
 * @throws ParityError `not_found`, also for what belongs to somebody else; `conflict` before it has links; `overloaded`.
 */
export async function revokeLinks(
  storing: Storing,
  id: string,
  by: Pick<Claims, 'sub' | 'roles'>,
): Promise<void> {
  for (let tries = 0; tries < maxTries; tries++) {
    const row = await rowFor(storing, id, by);
    const event = {
      at: new Date(storing.clock.now()),
      state: row.state,
      by: by.sub,
      note: 'its links were revoked',
    };
    const changed = await storing.documents.change(row, {
      linkGeneration: (row.linkGeneration ?? 0) + 1,
      events: [...row.events, event],
    });
    if (changed !== undefined) return;
  }
  throw new ParityError('overloaded', 'The document is being changed by others: revoke its links again.', {
    retryAfterS: 1,
  });
}

async function rowFor(
  storing: Storing,
  id: string,
  { sub, roles }: Pick<Claims, 'sub' | 'roles'>,
): Promise<DocumentRow> {
  if (roles.includes('admin')) {
    const row = await readRow(storing, { document: parseDocumentId(id), version: 1 });
    if (row !== undefined) return row;
    throw notFound();
  }
  const found = await findOwnDocument(storing, { id, user: sub });
  if ('row' in found) return found.row;
  if (found.databaseAway !== undefined) throw found.databaseAway;
  throw new ParityError('conflict', 'The document is not stored yet: it has no links.');
}
