import type { DocumentState } from '../../domain/document.ts';
import { isParityError } from '../../domain/errors.ts';
import { moveDocument, type DocumentRow, type Move } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { encryptDocument, removeUnnamed } from './encrypt-document.ts';
import { inspectDocument } from './inspect-document.ts';
import { explain } from './present-document.ts';
import { isProven } from './settle-document.ts';
import { contentUrl, findInSpool, readRow, type Storing } from './storing.ts';

/** What came of looking at one document again. */
export type Fate = 'redone' | 'unchanged' | { readonly impossible: string };

/** States whose row names content. */
export const contentStates = ['stored', 'notified', 'corrupt'] as const satisfies readonly DocumentState[];

/** Whoever changes a row five times in between is busier than a document ever is. */
const maxTries = 5;

/**
 * Looks at what another release stored, and stores it again from the spool where that is not what was accepted: the same
 * version, by a compare-and-set on the row; nobody is told a second time. Right or put right, the row is ours from then
 * on: a second run looks only at what was stored since, and the payload goes as any other does. What is wrong for good
 * is marked corrupt and not served. Whoever dies in between leaves at most a vault file that no row names.
 */
export async function reprocessDocument(storing: Storing, seen: DocumentRow, who: string): Promise<Fate> {
  let row: DocumentRow | undefined = seen;
  for (let tries = 0; tries < maxTries; tries++) {
    const fate = await reprocessOnce(storing, row, who);
    if (fate !== undefined) return fate;
    row = await readRow(storing, seen);
    // Somebody else has looked at it, or done away with it.
    if (row === undefined || row.release !== seen.release || !hasContent(row)) return 'unchanged';
  }
  return { impossible: 'Others keep changing it: reprocess again.' };
}

function hasContent({ state }: DocumentRow): boolean {
  return (contentStates as readonly DocumentState[]).includes(state);
}

/** Undefined when somebody else changed the row meanwhile. */
async function reprocessOnce(storing: Storing, row: DocumentRow, by: string): Promise<Fate | undefined> {
  const { release } = storing;
  const payload = await payloadOf(storing, row);
  if (row.state !== 'corrupt' && (await isRight(storing, row, payload.manifest))) {
    const note = `looked at again: release ${row.release} had stored it right`;
    return (await changeRow(storing, row, { by, note, set: { release } })) && 'unchanged';
  }
  if (payload.manifest === undefined) return markCorrupt(storing, row, { by, note: payload.missing });
  const { state, reason, ...content } = await encryptDocument(storing, payload.manifest);
  if (state !== 'stored') return markCorrupt(storing, row, { by, note: explain(reason) ?? state });
  const changed = await changeRow(storing, row, {
    by,
    note: `stored again: release ${row.release} had stored it wrong`,
    to: row.state === 'corrupt' ? 'stored' : row.state,
    set: { ...content, release },
  });
  if (changed !== undefined) return 'redone';
  const current = await readRow(storing, row);
  if (current !== undefined) await removeUnnamed(storing, current, content.file);
  return undefined;
}

type Payload =
  | { readonly manifest: Manifest; readonly missing?: undefined }
  | { readonly manifest?: undefined; readonly missing: string };

/** The manifest of what waits in the spool, or why there is nothing to store again. */
async function payloadOf(storing: Storing, row: DocumentRow): Promise<Payload> {
  const found = await findInSpool(storing, row.document);
  if (found === 'damaged') return { missing: 'Its spool file is damaged.' };
  if (found === undefined || found.settled !== undefined)
    return { missing: 'Its payload is no longer in the spool.' };
  if (found.sha256 !== row.sha256) return { missing: 'The spool has other bytes, sent under its key since.' };
  return { manifest: found };
}

/** Whether it opens to what was accepted. What we would not take, but that release did, is none of our business. */
async function isRight(storing: Storing, row: DocumentRow, manifest: Manifest | undefined): Promise<boolean> {
  if (!(await isProven(storing, row)) || !(await hasItsUrl(storing, row))) return false;
  if (manifest === undefined) return true;
  const found = await inspectDocument(manifest.size, part => storing.spool.slice(manifest.id, part));
  return 'rejected' in found || found.mediaType === row.mediaType;
}

async function hasItsUrl({ vault, publicUrl }: Storing, row: DocumentRow): Promise<boolean> {
  const { encryptedUrl, wrappedKey } = row;
  if (encryptedUrl === undefined || wrappedKey === undefined) return false;
  try {
    return (await vault.openUrl(row, { encryptedUrl, wrappedKey })) === contentUrl(publicUrl, row.document);
  } catch (error) {
    if (isParityError(error, 'document_corrupt')) return false;
    throw error;
  }
}

async function markCorrupt(
  storing: Storing,
  row: DocumentRow,
  { by, note }: { by: string; note: string },
): Promise<Fate | undefined> {
  const { document, state } = row;
  storing.log.error({ document, alarm: 'document_corrupt', note }, 'what a release stored wrong stays wrong');
  const marked = state === 'corrupt' ? row : await changeRow(storing, row, { by, note, to: 'corrupt' });
  return marked && { impossible: note };
}

/** What changes of a row, and who says so. */
type Change = Pick<Move, 'by' | 'note' | 'set'> & Partial<Pick<Move, 'to'>>;

function changeRow(
  { documents, clock }: Storing,
  row: DocumentRow,
  { to = row.state, set, ...by }: Change,
): Promise<DocumentRow | undefined> {
  const at = new Date(clock.now());
  if (to !== row.state) return moveDocument(documents, row, { to, set, at, ...by });
  return documents.change(row, { ...set, events: [...row.events, { state: to, at, ...by }] });
}
