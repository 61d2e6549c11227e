import type { FirstRowState, Reason } from '../../domain/document.ts';
import { ParityError } from '../../domain/errors.ts';
import { documentKey, listKey, type DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { readRow, type Storing } from './storing.ts';

/** A row's first lasting state, and what stands in it. */
export interface Birth {
  readonly state: FirstRowState;
  readonly generation: number;
  readonly reason?: Reason;
  readonly note?: string;
  readonly mediaType?: string;
  readonly file?: string;
  readonly wrappedKey?: string;
  readonly encryptedUrl?: string;
}

/**
 * Gives a document its row by one insert. Returns the row that is there afterwards: ours, or that of whoever was first;
 * an insert whose answer was lost is settled by the same look.
 * @throws ParityError `database_unavailable` when the row that was first cannot be read.
 */
export async function bearRow(storing: Storing, manifest: Manifest, birth: Birth): Promise<DocumentRow> {
  const row = rowOf(storing, manifest, birth);
  if ((await storing.documents.insert(row)) === 'inserted') return row;
  const first = await readRow(storing, row);
  if (first !== undefined) return first;
  throw new ParityError('database_unavailable', `The row of ${row.document} is there and cannot be read.`);
}

function rowOf(storing: Storing, manifest: Manifest, birth: Birth): DocumentRow {
  const { by, release } = storing;
  const { note, ...born } = birth;
  const version = { document: manifest.id, version: 1 };
  const at = new Date(storing.clock.now());
  const acceptedAt = new Date(manifest.acceptedAt);
  return {
    _id: documentKey(version),
    revision: 1,
    ...version,
    owner: manifest.owner,
    name: manifest.name,
    mediaType: manifest.mediaType,
    size: manifest.size,
    sha256: manifest.sha256,
    acceptedRelease: manifest.release,
    acceptedAt,
    listKey: listKey({ document: manifest.id, acceptedAt }),
    ...born,
    release,
    ...(birth.state === 'stored' ? { storedAt: at } : {}),
    events: [
      { at: acceptedAt, state: 'accepted', by: `${manifest.cluster}/${manifest.release}` },
      { at, state: birth.state, by, ...(note === undefined ? {} : { note }) },
    ],
  };
}
