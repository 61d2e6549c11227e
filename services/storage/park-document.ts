import type { DocumentId } from '../../domain/document-id.ts';
import type { Delivery, GivenUp } from '../kit/broker/broker.ts';
import { moveDocument } from '../kit/document-row.ts';
import { keepStray } from '../kit/stray.ts';
import { bearRow } from './birth-of-row.ts';
import { readRow, type Storing } from './storing.ts';

/** A message that is not tried again. */
export interface Unworkable {
  readonly delivery: Delivery;
  readonly why: GivenUp;
  readonly lastReason: string | undefined;
}

/**
 * Puts a document aside, with its reason, for a person to replay or drop: parked is a state of its row, and the spool
 * file stays. A message that names no document that could be parked is kept as it came.
 */
export async function parkDocument(storing: Storing, unworkable: Unworkable): Promise<void> {
  const { delivery, why } = unworkable;
  const document = documentOf(delivery);
  storing.log.error({ document, why, lastReason: unworkable.lastReason }, 'a message is put aside');
  const parked =
    document !== undefined && why !== 'unreadable' && (await parkRow(storing, document, unworkable));
  if (!parked) await keepStray(storing.strays, delivery, { why, at: new Date(storing.clock.now()) });
}

function documentOf({ read }: Delivery): DocumentId | undefined {
  if (read.outcome === 'read') return read.message.document;
  return read.outcome === 'unknown_schema' ? read.document : undefined;
}

/** False when there is nothing to park: no spool file that still waits, and no row under way. */
async function parkRow(
  storing: Storing,
  document: DocumentId,
  { why, lastReason }: Unworkable,
): Promise<boolean> {
  if (why === 'unreadable') return false;
  const row = await readRow(storing, { document, version: 1 });
  if (row !== undefined) {
    const at = new Date(storing.clock.now());
    const set = { reason: why, release: storing.release };
    const moved = await moveDocument(storing.documents, row, {
      to: 'parked',
      by: storing.by,
      at,
      note: lastReason,
      set,
    });
    return moved !== undefined;
  }
  const manifest = await storing.spool.find(document);
  if (manifest === undefined || manifest.settled !== undefined) return false;
  await bearRow(storing, manifest, { state: 'parked', reason: why, generation: 0, note: lastReason });
  return true;
}
