import type { DocumentId } from '../../domain/document-id.ts';
import type { Loss, Parking } from '../../domain/document.ts';
import { moveDocument, type DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { bearRow } from './birth-of-row.ts';
import type { Storing } from './storing.ts';

/** What is known of a document that is not stored. */
export interface Known {
  readonly row: DocumentRow | undefined;
  readonly manifest: Manifest;
}

/** Why it is not stored: visible in its row for as long as nobody replays it. */
export type Aside = { readonly note?: string; readonly generation: number } & (
  { readonly state: 'parked'; readonly reason: Parking } | { readonly state: 'lost'; readonly reason: Loss }
);

/**
 * Says in a document's row that it is not being stored, whether it has a row already or gets it now. False when the
 * row is in a state that does not lead there, or when someone else changed it at the same moment.
 */
export async function setAside(storing: Storing, { row, manifest }: Known, aside: Aside): Promise<boolean> {
  const { state, reason, note } = aside;
  if (row === undefined) {
    await bearRow(storing, manifest, aside);
    return true;
  }
  const { by, release } = storing;
  const at = new Date(storing.clock.now());
  const moved = await moveDocument(storing.documents, row, {
    to: state,
    by,
    at,
    note,
    set: { reason, release },
  });
  return moved !== undefined;
}

/** The hash of bytes that nobody could read. */
const unknownSha256 = '0'.repeat(64);

/** Stands in for the manifest of a document of which nothing is left but its message. */
export function unknownManifest(
  { release, cluster }: Storing,
  of: { document: DocumentId; acceptedAt: string },
): Manifest {
  return {
    schema: 1,
    id: of.document,
    owner: 'unknown',
    name: 'unknown',
    mediaType: 'application/octet-stream',
    size: 0,
    sha256: unknownSha256,
    release,
    cluster,
    acceptedAt: of.acceptedAt,
  };
}

/**
 * Whether the bytes in the spool are not those of the row that has their id. A row that was put aside because its spool
 * file could not be read knows nothing of them: they are its own once they can be.
 */
export function isOfOtherBytes(row: DocumentRow, { sha256 }: Manifest): boolean {
  const isUnread = row.sha256 === unknownSha256 && (row.state === 'parked' || row.state === 'storing');
  return !isUnread && row.sha256 !== sha256;
}
