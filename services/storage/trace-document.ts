import type { DocumentId } from '../../domain/document-id.ts';
import type { DocumentState } from '../../domain/document.ts';
import { ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { findInSpool, readRow, type Storing } from './storing.ts';

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
  readonly spool: 'payload' | 'receipt' | 'damaged' | 'none';
  /** What stands in the vault, and the download URL that the row holds encrypted; undefined if it does not open. */
  readonly vault?: { readonly file: string; readonly url: string | undefined };
  readonly events: readonly TraceEvent[];
}

/** @throws ParityError `not_found` */
export async function traceDocument(storing: Storing, document: DocumentId): Promise<Trace> {
  const row = await readRow(storing, { document, version: 1 });
  const found = await findInSpool(storing, document);
  const manifest = found === 'damaged' ? undefined : found;
  const of = row ?? manifest;
  if (of === undefined) throw new ParityError('not_found', 'There is no such document.');
  const { owner, name, size, sha256, mediaType } = of;
  return {
    id: document,
    ...{ owner, name, size, sha256, mediaType },
    state: row?.state ?? manifest?.settled?.state ?? 'accepted',
    generation: row?.generation ?? 0,
    spool: spoolContent(found),
    ...(row?.file === undefined ? {} : { vault: { file: row.file, url: await urlOf(storing, row) } }),
    events: row === undefined ? acceptedEvent(manifest) : row.events.map(presentEvent),
  };
}

async function urlOf({ vault }: Storing, row: DocumentRow): Promise<string | undefined> {
  const { encryptedUrl, wrappedKey } = row;
  if (encryptedUrl === undefined || wrappedKey === undefined) return undefined;
  // A trace is asked for when something is wrong: it tells what it can.
  return vault.openUrl(row, { encryptedUrl, wrappedKey }).catch(() => undefined);
}

function spoolContent(found: Manifest | 'damaged' | undefined): Trace['spool'] {
  if (found === undefined) return 'none';
  if (found === 'damaged') return 'damaged';
  return found.settled === undefined ? 'payload' : 'receipt';
}

function presentEvent({ at, state, by, note }: DocumentRow['events'][number]): TraceEvent {
  return { at: at.toISOString(), what: state, by, ...(note === undefined ? {} : { note }) };
}

function acceptedEvent(manifest: Manifest | undefined): TraceEvent[] {
  if (manifest === undefined) return [];
  return [{ at: manifest.acceptedAt, what: 'accepted', by: `${manifest.cluster}/${manifest.release}` }];
}
