import { ParityError } from '../../domain/errors.ts';
import { moveDocument, type DocumentRow, type Move } from '../kit/document-row.ts';
import { readRow, type DocumentVersion, type Storing } from './storing.ts';

/** What a person does with a parked document, and in which words he is refused: `replayed`. */
export interface Decision {
  readonly of: DocumentVersion;
  readonly who: string;
  readonly done: string;
  readonly move: (row: DocumentRow) => Pick<Move, 'to' | 'set'>;
}

/**
 * Moves a parked document as a person decided; of two who decide at once, one is told what the other did.
 * @throws ParityError `not_found`, `conflict`.
 */
export async function moveParked(storing: Storing, { of, who, done, move }: Decision): Promise<DocumentRow> {
  const row = await readRow(storing, of);
  if (row === undefined) throw new ParityError('not_found', `There is no document ${of.document}.`);
  const at = new Date(storing.clock.now());
  const change = { ...move(row), by: who, at, note: done };
  const moved = row.state === 'parked' ? await moveDocument(storing.documents, row, change) : undefined;
  if (moved !== undefined) return moved;
  const { state } = (await readRow(storing, of)) ?? row;
  throw new ParityError(
    'conflict',
    state === 'parked'
      ? `Document ${of.document} is being changed by others: try again.`
      : `Document ${of.document} is ${state}: only what is parked can be ${done}.`,
  );
}
