import type { DocumentId } from '../../domain/document-id.ts';
import { isReadable, type DocumentState } from '../../domain/document.ts';
import type { DocumentOutcomes } from '../../domain/outcomes.ts';
import { documentKey, type DocumentRow } from '../kit/document-row.ts';
import { isProven } from './settle-document.ts';
import type { Storing } from './storing.ts';

/**
 * What one question may cost: the keeper waits two seconds for its answer. Larger documents are opened by nobody here,
 * and those for which no time is left are taken by their state: a release that stores wrong bytes does so again.
 */
const opening = { largestBytes: 16 * 1024 * 1024, ms: 1_000 } as const;

/** What outcomes are told from. */
export type OutcomesWorld = Pick<Storing, 'documents' | 'release' | 'vault' | 'clock'>;

/**
 * The state of each of these documents that has a row, whichever release stored it. What *another* release stored is
 * opened first, and `corrupt` if it is not what was accepted: a release that stores wrong bytes finds them right itself.
 * @throws ParityError `database_unavailable`, `vault_unavailable`
 */
export async function documentOutcomesOf(
  world: OutcomesWorld,
  ids: readonly DocumentId[],
): Promise<DocumentOutcomes> {
  if (ids.length === 0) return { documents: {} };
  const keys = ids.map(document => documentKey({ document, version: 1 }));
  const rows = await world.documents.find({ where: { _id: { $in: keys } }, limit: keys.length });
  const until = world.clock.monotonic() + opening.ms;
  const documents: Record<string, DocumentState> = {};
  for (const row of rows) {
    const isWrong = isOpened(world, row) && world.clock.monotonic() < until && !(await isProven(world, row));
    documents[row.document] = isWrong ? 'corrupt' : row.state;
  }
  return { documents };
}

function isOpened({ release }: OutcomesWorld, row: DocumentRow): boolean {
  return row.release !== release && isReadable(row.state) && row.size <= opening.largestBytes;
}
