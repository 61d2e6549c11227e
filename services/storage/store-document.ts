import { reusedKeyDocumentId } from '../../domain/document-id.ts';
import type { AcceptedMessage } from '../../domain/messages.ts';
import type { Verdict } from '../kit/broker/broker.ts';
import { moveDocument, type DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { bearRow } from './birth-of-row.ts';
import { encryptDocument, removeUnnamed } from './encrypt-document.ts';
import { isOfOtherBytes, setAside, unknownManifest, type Known } from './set-aside.ts';
import { settleDocument } from './settle-document.ts';
import { findInSpool, readRow, type Storing } from './storing.ts';

/** A file that another machine wrote may be seen a moment late on a shared file system: look again before the alarm. */
const looksForSpoolFile = 2;

const done: Verdict = { verdict: 'done' };

/**
 * Stores an accepted document: looks at its bytes, encrypts them into the vault, gives it its row, has its owner told,
 * and lets go of the spool file once the vault file proved right. Every step may be the last of this process and may
 * be done by another at the same time: the row decides, and doing it twice is the same as doing it once.
 */
export async function storeDocument(
  storing: Storing,
  message: AcceptedMessage,
  attempts: number,
): Promise<Verdict> {
  storing.reach('store.received');
  // The spool before the row: a payload goes only after the row was written, so that row explains what is not here.
  const manifest = await findInSpool(storing, message.document);
  const row = await readRow(storing, message);
  if (manifest === 'damaged') return reportDamaged(storing, message, row);
  if (manifest === undefined || manifest.settled !== undefined) {
    if (row !== undefined && row.state !== 'storing') return settleDocument(storing, row, undefined);
    if (attempts < looksForSpoolFile) return { verdict: 'retry', reason: 'no spool file', counts: true };
    return reportLost(storing, message, { row, manifest: manifest ?? unknownManifest(storing, message) });
  }
  if (row === undefined) return storeNew(storing, manifest, message.generation);
  if (row.state === 'lost') return storeFound(storing, row, manifest);
  if (isOfOtherBytes(row, manifest)) return parkReusedKey(storing, row, manifest);
  if (row.state === 'corrupt' || isReplay(row, message)) return storeAgain(storing, row, manifest);
  return settleDocument(storing, row, manifest);
}

/** A message of an older generation than the row's is stale: it must not undo what a person did since. */
function isReplay(row: DocumentRow, message: AcceptedMessage): boolean {
  return row.state === 'storing' && message.generation === row.generation;
}

async function storeNew(storing: Storing, manifest: Manifest, generation: number): Promise<Verdict> {
  const birth = await encryptDocument(storing, manifest);
  const row = await bearRow(storing, manifest, { ...birth, generation });
  storing.reach('store.recorded');
  await removeUnnamed(storing, row, birth.file);
  return settleDocument(storing, row, manifest);
}

/** Replay and restoration: the row is there, and the new file counts when a compare-and-set names it. */
async function storeAgain(storing: Storing, row: DocumentRow, manifest: Manifest): Promise<Verdict> {
  const { state, note, ...set } = await encryptDocument(storing, manifest);
  const at = new Date(storing.clock.now());
  const stored = state === 'stored' ? { storedAt: at } : {};
  const change = { to: state, by: storing.by, at, note: note ?? 'stored again' };
  const moved = await moveDocument(storing.documents, row, {
    ...change,
    set: { ...knownOf(manifest), ...set, ...stored, release: storing.release },
  });
  storing.reach('store.recorded');
  const current = moved ?? (await readRow(storing, row));
  if (current === undefined) return { verdict: 'retry', reason: 'the row is gone', counts: true };
  await removeUnnamed(storing, current, set.file);
  return settleDocument(storing, current, manifest);
}

/**
 * A lost document whose owner's app has sent it again, with its key (docs/decisions/0005): the row is told what it is
 * about, and goes on as in a replay.
 */
async function storeFound(storing: Storing, row: DocumentRow, manifest: Manifest): Promise<Verdict> {
  const moved = await moveDocument(storing.documents, row, {
    to: 'storing',
    by: storing.by,
    at: new Date(storing.clock.now()),
    note: 'its bytes are there again',
    set: { ...knownOf(manifest), generation: row.generation + 1, reason: undefined },
  });
  if (moved === undefined) return { verdict: 'retry', reason: 'somebody else was first', counts: true };
  return storeAgain(storing, moved, manifest);
}

/** What a row that was born of a bare message does not know yet. */
function knownOf({ owner, name, size, sha256, mediaType }: Manifest) {
  return { owner, name, size, sha256, mediaType };
}

/** A promise that cannot be kept must be seen: a row that says so, and an alarm. */
async function reportLost(storing: Storing, { document, generation }: AcceptedMessage, known: Known) {
  storing.log.error(
    { document, alarm: 'document_lost' },
    'an accepted document has neither spool file nor content',
  );
  await setAside(storing, known, { state: 'lost', reason: 'spool_file_missing', generation });
  return done;
}

/** A spool file that cannot even be read is kept for a person to look at: it may be of a key that was used again. */
async function reportDamaged(storing: Storing, message: AcceptedMessage, row: DocumentRow | undefined) {
  const { document, generation } = message;
  storing.log.error(
    { document, alarm: 'spool_corrupt' },
    'the spool file of an accepted document is damaged',
  );
  if (row !== undefined && row.state !== 'storing') return settleDocument(storing, row, undefined);
  const manifest = unknownManifest(storing, message);
  await setAside(storing, { row, manifest }, { state: 'parked', reason: 'spool_corrupt', generation });
  return done;
}

/**
 * A key used again after its life with other bytes: the old document keeps its id, the new bytes are put aside under
 * one of their own, so that a person can give them a place (design.md §3).
 */
async function parkReusedKey(storing: Storing, row: DocumentRow, manifest: Manifest): Promise<Verdict> {
  const { spool } = storing;
  const id = reusedKeyDocumentId({ id: manifest.id, sha256: manifest.sha256 });
  const copy = spool.receive();
  try {
    for await (const chunk of spool.payload(manifest.id)) await copy.write(chunk);
    await copy.seal({ ...manifest, id });
    await copy.publish();
    await spool.confirmName(id);
  } finally {
    await copy.discard();
  }
  const note = `its key belongs to ${row.document}`;
  await bearRow(storing, { ...manifest, id }, { state: 'parked', reason: 'key_reused', generation: 0, note });
  // Another process may have done all this already, and the key may have been used once more since.
  await spool.remove(manifest.id, lying => lying !== 'damaged' && lying.sha256 === manifest.sha256);
  return done;
}
