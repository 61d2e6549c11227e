import type { DocumentId } from '../../domain/document-id.ts';
import type { DocumentState } from '../../domain/document.ts';
import { ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import { readRow, type Storing } from './storing.ts';

/** One thing that happened, as `./parity document` prints it. */
export interface TraceEvent {
  readonly at: string;
  readonly what: string;
  readonly by: string;
  readonly note?: string;
}

/** Everything that storage knows about a document. */
export interface Trace {
  readonly id: DocumentId;
  readonly owner: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly mediaType: string;
  readonly state: DocumentState;
  readonly generation: number;
  readonly spool: 'payload' | 'receipt' | 'none';
  /** What stands in the vault, and the download URL that the row holds encrypted. */
  readonly vault?: { readonly file: string; readonly url: string | undefined };
  readonly events: readonly TraceEvent[];
}

/** @throws ParityError `not_found` */
export async function traceDocument(storing: Storing, document: DocumentId): Promise<Trace> {
  const row = await readRow(storing, { document, version: 1 });
  const manifest = await storing.spool.find(document);
  const of = row ?? manifest;
  if (of === undefined) throw new ParityError('not_found', 'There is no such document.');
  const { owner, name, size, sha256, mediaType } = of;
  const content = manifest?.settled === undefined ? 'payload' : 'receipt';
  return {
    id: document,
    ...{ owner, name, size, sha256, mediaType },
    state: row?.state ?? manifest?.settled?.state ?? 'accepted',
    generation: row?.generation ?? 0,
    spool: manifest === undefined ? 'none' : content,
    ...(row?.file === undefined ? {} : { vault: { file: row.file, url: await urlOf(storing, row) } }),
    events: row === undefined ? acceptedEvent(manifest) : row.events.map(presentEvent),
  };
}

async function urlOf({ vault }: Storing, row: DocumentRow): Promise<string | undefined> {
  const { encryptedUrl, wrappedKey } = row;
  if (encryptedUrl === undefined || wrappedKey === undefined) return undefined;
  return vault.openUrl(row, { encryptedUrl, wrappedKey });
}

function presentEvent({ at, state, by, note }: DocumentRow['events'][number]): TraceEvent {
  return { at: at.toISOString(), what: state, by, ...(note === undefined ? {} : { note }) };
}

function acceptedEvent(
  manifest: { acceptedAt: string; cluster: string; release: string } | undefined,
): TraceEvent[] {
  if (manifest === undefined) return [];
  return [{ at: manifest.acceptedAt, what: 'accepted', by: `${manifest.cluster}/${manifest.release}` }];
}
