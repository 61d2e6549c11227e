import type { DocumentId } from '../../domain/document-id.ts';
import type { DocumentOutcomes } from '../../domain/outcomes.ts';
import { documentKey } from '../kit/document-row.ts';
import type { Storing } from './storing.ts';

/**
 * The state of each of these documents that has a row, whichever release stored it.
 * @throws ParityError `database_unavailable`
 */
export async function documentOutcomesOf(
  { documents }: Pick<Storing, 'documents'>,
  ids: readonly DocumentId[],
): Promise<DocumentOutcomes> {
  if (ids.length === 0) return { documents: {} };
  const keys = ids.map(document => documentKey({ document, version: 1 }));
  const rows = await documents.find({ where: { _id: { $in: keys } }, limit: keys.length });
  return { documents: Object.fromEntries(rows.map(({ document, state }) => [document, state])) };
}
