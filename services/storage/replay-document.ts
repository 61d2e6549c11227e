import { isParityError, ParityError } from '../../domain/errors.ts';
import { moveDocument, type DocumentRow } from '../kit/document-row.ts';
import { acceptedMessageOf, readRow, type DocumentVersion, type Storing } from './storing.ts';

/**
 * Has a parked document stored after all: the next generation, so that older messages are stale. If no broker takes
 * the message now, the sweeper publishes it.
 * @throws ParityError `not_found`, `conflict`.
 */
export async function replayDocument(
  storing: Storing,
  of: DocumentVersion,
  who: string,
): Promise<DocumentRow> {
  const row = await readRow(storing, of);
  if (row === undefined) throw new ParityError('not_found', `There is no document ${of.document}.`);
  const moved = await moveDocument(storing.documents, row, {
    to: 'storing',
    by: who,
    at: new Date(storing.clock.now()),
    note: 'replayed',
    set: { generation: row.generation + 1, reason: undefined },
  });
  if (moved === undefined) {
    throw new ParityError(
      'conflict',
      `Document ${of.document} is ${row.state}: only what is parked can be replayed.`,
    );
  }
  await storing.broker.publish(acceptedMessageOf(moved)).catch((error: unknown) => {
    if (!isParityError(error, 'broker_unavailable')) throw error;
    storing.log.warn({ document: moved.document, error }, 'a replay waits for the sweeper');
  });
  return moved;
}
