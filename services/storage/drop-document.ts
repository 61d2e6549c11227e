import type { DocumentRow } from '../kit/document-row.ts';
import { moveParked } from './move-parked.ts';
import { mayLetGo, settleDocument } from './settle-document.ts';
import { findInSpool, readRow, type DocumentVersion, type Storing } from './storing.ts';

/**
 * Gives a parked document up: its row stays as a tombstone that says who did it and why it had been parked, and its
 * payload goes, now or by the sweeper. Dropping it again is no error.
 * @throws ParityError `not_found`, `conflict`.
 */
export async function dropDocument(storing: Storing, of: DocumentVersion, who: string): Promise<DocumentRow> {
  const before = await readRow(storing, of);
  const row =
    before?.state === 'cancelled'
      ? before
      : await moveParked(storing, { of, who, done: 'dropped', move: () => ({ to: 'cancelled' }) });
  await letGo(storing, row);
  return row;
}

/** Replaces what lies in the spool by a receipt, which answers repeats; what is damaged leaves none. */
export async function letGo(storing: Storing, row: DocumentRow): Promise<void> {
  const found = await findInSpool(storing, row.document);
  if (found === 'damaged') {
    if (mayLetGo(storing, row)) await storing.spool.remove(row.document, lying => lying === 'damaged');
  } else if (found !== undefined && found.settled === undefined && found.sha256 === row.sha256) {
    await settleDocument(storing, row, found);
  }
}
