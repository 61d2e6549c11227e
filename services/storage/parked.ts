import { isDocumentId } from '../../domain/document-id.ts';
import { ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { StrayRow } from '../kit/stray.ts';
import { explain } from './present-document.ts';
import { readRow, type Storing } from './storing.ts';

/** Entries that a list shows at the most. */
const listLimit = 500;

/** Something put aside, as operators see it. */
export interface Parked {
  readonly id: string;
  readonly kind: 'document' | 'message';
  readonly reason: string;
  readonly why: string;
  readonly since: string;
  readonly owner?: string;
  readonly name?: string;
  /** A message that no document could be parked for, as it came. */
  readonly payload?: string;
}

/** Parked documents, then messages that no document could be parked for, each oldest first. */
export async function listParked(storing: Storing): Promise<Parked[]> {
  const documents = await storing.documents.find({
    where: { state: 'parked' },
    sort: { acceptedAt: 1 },
    limit: listLimit,
  });
  const strays = await storing.strays.find({ where: {}, sort: { at: 1 }, limit: listLimit });
  return [...documents.map(presentParkedDocument), ...strays.map(presentStray)];
}

/** @throws ParityError `not_found` */
export async function showParked(storing: Storing, id: string): Promise<Parked> {
  if (isDocumentId(id)) {
    const row = await readRow(storing, { document: id, version: 1 });
    if (row?.state === 'parked') return presentParkedDocument(row);
  } else {
    const stray = await storing.strays.read(id);
    if (stray !== undefined) return presentStray(stray);
  }
  throw new ParityError('not_found', `Nothing is parked as ${id}.`);
}

function presentParkedDocument(row: DocumentRow): Parked {
  const { document, owner, name, reason, acceptedAt } = row;
  const last = row.events.at(-1);
  return {
    id: document,
    kind: 'document',
    reason: reason ?? 'unknown',
    why: last?.note ?? explain(reason) ?? '',
    since: (last?.at ?? acceptedAt).toISOString(),
    owner,
    name,
  };
}

function presentStray({ _id, why, at, broker, payload }: StrayRow): Parked {
  return {
    id: _id,
    kind: 'message',
    reason: why,
    why: `from ${broker}'s broker`,
    since: at.toISOString(),
    payload,
  };
}
