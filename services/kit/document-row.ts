import type { DocumentId } from '../../domain/document-id.ts';
import { mayMove, type DocumentState, type Reason } from '../../domain/document.ts';
import type { Release } from '../../domain/release.ts';
import type { Row, Rows } from './database/rows.ts';

/** One line of a document's story, as `./parity document` tells it. */
export interface DocumentEvent {
  readonly at: Date;
  readonly state: DocumentState;
  /** Who did it: `odd/1`, or a person. */
  readonly by: string;
  readonly note?: string;
}

/** A document's row, born in its first lasting state (design.md §3). */
export interface DocumentRow extends Row {
  readonly document: DocumentId;
  readonly version: number;
  readonly owner: string;
  readonly name: string;
  /** What the bytes are; what the sender declared until they were looked at. */
  readonly mediaType: string;
  readonly size: number;
  readonly sha256: string;
  readonly state: DocumentState;
  /** Raised by each replay; a message of an older generation is stale. */
  readonly generation: number;
  /** Raised when its links are revoked: those of an older generation open nothing. 0 when it is not there. */
  readonly linkGeneration?: number;
  readonly reason?: Reason;
  /** The vault file's name, and the document's own wrapping key, itself wrapped: always together. */
  readonly file?: string;
  readonly wrappedKey?: string;
  /** The document's download URL, encrypted with its own key. */
  readonly encryptedUrl?: string;
  /** The release that accepted it, and the one that made its newest state. */
  readonly acceptedRelease: string;
  readonly release: Release;
  readonly acceptedAt: Date;
  /** Acceptance time and id as one text: the order of lists, without ties. */
  readonly listKey: string;
  readonly storedAt?: Date;
  readonly notifiedAt?: Date;
  readonly events: readonly DocumentEvent[];
}

/** The collection that all releases share. */
export const documentCollection = 'documents';

/** The natural key of a document's row. */
export function documentKey(document: { document: DocumentId; version: number }): string {
  return `${document.document}:${document.version}`;
}

/** Where a document stands in lists, which go by acceptance time. */
export function listKey(of: { document: DocumentId; acceptedAt: Date }): string {
  return `${of.acceptedAt.toISOString()}/${of.document}`;
}

/** A move of a document, who makes it, and what changes with it. */
export interface Move {
  readonly to: DocumentState;
  readonly by: string;
  readonly at: Date;
  readonly note?: string;
  readonly set?: Partial<Omit<DocumentRow, '_id' | 'revision' | 'state' | 'events'>>;
}

/**
 * Moves a document by compare-and-set on the row that was seen: the changed row, or undefined when someone else was
 * first or the table of moves forbids it. Either way the caller looks again.
 */
export async function moveDocument(
  rows: Rows<DocumentRow>,
  seen: DocumentRow,
  { to, by, at, note, set }: Move,
): Promise<DocumentRow | undefined> {
  if (!mayMove(seen.state, to)) return undefined;
  const event: DocumentEvent = { at, state: to, by, ...(note === undefined ? {} : { note }) };
  return rows.change(seen, { ...set, state: to, events: [...seen.events, event] });
}
