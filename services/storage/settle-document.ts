import { isReadable } from '../../domain/document.ts';
import { isParityError } from '../../domain/errors.ts';
import { compareReleases } from '../../domain/release.ts';
import type { Verdict } from '../kit/broker/broker.ts';
import { moveDocument, type DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { readRow, storedMessageOf, type Storing } from './storing.ts';

const done: Verdict = { verdict: 'done' };

/**
 * What is left to do once a document has its row, whoever gave it: have the owner told, prove the vault file, and
 * replace the spool file by a receipt. `manifest` is the spool file's while it still holds the payload.
 */
export async function settleDocument(
  storing: Storing,
  row: DocumentRow,
  manifest: Manifest | undefined,
): Promise<Verdict> {
  if (row.state === 'stored') {
    await storing.broker.publish(storedMessageOf(row));
    storing.reach('store.announced');
  }
  if (manifest === undefined || !mayLetGo(storing, row)) return done;
  if (row.state === 'rejected' || row.state === 'cancelled') {
    await storing.spool.settle({ ...manifest, settled: { state: row.state, reason: row.reason } });
    return done;
  }
  return isReadable(row.state) ? proveAndSettle(storing, row, manifest) : done;
}

/**
 * Only the live release lets go of payloads, and not of what a release did that is not proven: it is a candidate, in
 * its bake, or was taken back, and what it stored may have to be stored again (design.md §3, failures.md 68).
 */
export function mayLetGo({ role, proven }: Pick<Storing, 'role' | 'proven'>, row: DocumentRow): boolean {
  const newest = proven();
  return role() === 'live' && newest !== undefined && compareReleases(row.release, newest) <= 0;
}

async function proveAndSettle(storing: Storing, row: DocumentRow, manifest: Manifest): Promise<Verdict> {
  const newest = await readRow(storing, row);
  if (newest === undefined || !isReadable(newest.state)) {
    return { verdict: 'retry', reason: 'the row changed meanwhile', counts: true };
  }
  if (!(await isProven(storing, newest))) return reportCorrupt(storing, newest);
  storing.reach('store.verified');
  await storing.spool.settle({ ...manifest, settled: { state: 'stored' } });
  storing.reach('store.receipted');
  return done;
}

/** Whether the vault file of a row opens to what was accepted. */
export async function isProven({ vault }: Pick<Storing, 'vault'>, row: DocumentRow): Promise<boolean> {
  const { file, wrappedKey } = row;
  if (file === undefined || wrappedKey === undefined) return false;
  try {
    return (await vault.hash(row, { file, wrappedKey })) === row.sha256;
  } catch (error) {
    if (isParityError(error, 'document_corrupt')) return false;
    throw error;
  }
}

/** The spool still has the payload, so the next attempt stores it again. */
async function reportCorrupt(storing: Storing, row: DocumentRow): Promise<Verdict> {
  const note = 'the vault file does not decrypt to what was accepted';
  storing.log.error({ document: row.document, alarm: 'document_corrupt' }, note);
  await moveDocument(storing.documents, row, {
    to: 'corrupt',
    by: storing.by,
    at: new Date(storing.clock.now()),
    note,
  });
  return { verdict: 'retry', reason: note, counts: true };
}
