import { isParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import { moveParked } from './move-parked.ts';
import { acceptedMessageOf, type DocumentVersion, type Storing } from './storing.ts';

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
  const moved = await moveParked(storing, {
    ...{ of, who, done: 'replayed' },
    move: ({ generation }) => ({
      to: 'storing',
      set: { generation: generation + 1, reason: undefined },
    }),
  });
  await storing.broker.publish(acceptedMessageOf(moved)).catch((error: unknown) => {
    if (!isParityError(error, 'broker_unavailable')) throw error;
    storing.log.warn({ document: moved.document, error }, 'a replay waits for the sweeper');
  });
  return moved;
}
