import { createHash } from 'node:crypto';
import { ParityError } from './errors.ts';

/** A document's id: a UUID in lower case. */
export type DocumentId = string & { readonly brand: 'DocumentId' };

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @throws ParityError `not_found`: an id that was never given out names nothing. */
export function parseDocumentId(text: string): DocumentId {
  if (!isDocumentId(text)) throw new ParityError('not_found', 'There is no such document.');
  return text;
}

/** True when `text` has the form of an id that Parity gives out. */
export function isDocumentId(text: string): text is DocumentId {
  return pattern.test(text);
}

/**
 * The id of a document sent with an idempotency key: the UUIDv8 (RFC 9562 §5.8) of
 * SHA-256(`parity/1`, NUL, owner, NUL, key). The same upload sent twice, to two clusters, is one document.
 */
export function keyedDocumentId(upload: { owner: string; key: string }): DocumentId {
  return uuidOf(8, hash(`parity/1\0${upload.owner}\0${upload.key}`));
}

/**
 * The id under which bytes are parked that came with a key whose document was another (`key_reused`): derived too,
 * so that finding it twice parks it once.
 */
export function reusedKeyDocumentId(reuse: { id: DocumentId; sha256: string }): DocumentId {
  return uuidOf(8, hash(`parity/1/reused\0${reuse.id}\0${reuse.sha256}`));
}

/** The id of a document sent without a key: a UUIDv7 (RFC 9562 §5.7), so that ids sort by time. */
export function timedDocumentId(source: { nowMs: number; random: Uint8Array }): DocumentId {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(source.nowMs, 0, 6);
  Buffer.from(source.random).copy(bytes, 6, 0, 10);
  return uuidOf(7, bytes);
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest().subarray(0, 16);
}

function uuidOf(version: 7 | 8, source: Buffer): DocumentId {
  const bytes = Buffer.from(source);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return groups.join('-') as DocumentId;
}
