import { ParityError } from '../../domain/errors.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import type { Reprocessed } from '../../domain/reprocessed.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import { contentStates, reprocessDocument } from './reprocess-document.ts';
import type { Storing } from './storing.ts';

/** Documents on a page at the most, and how long one may take: well below what gateways wait for an answer. */
const page = { documents: 100, ms: 5_000 } as const;

/** Which page, and who asks for it. */
export interface ReprocessAsked {
  readonly release: string;
  /** The `next` of the page before; null for the first. */
  readonly after: string | null;
  readonly who: string;
}

/**
 * Looks at a page of the documents that `release` stored, newest first, and stores again what it stored wrong
 * (failures.md 68). Only the live release does so, and not to itself. Asking for a page again is safe.
 * @throws ParityError `invalid_request`, `release_refused`; `database_unavailable`, `vault_unavailable`,
 * `spool_unavailable`: ask again
 */
export async function reprocessRelease(
  storing: Storing,
  { release, after, who }: ReprocessAsked,
): Promise<Reprocessed> {
  const { clock } = storing;
  const bad = parseRelease(release);
  mustBeLive(storing, bad);
  const rows = await rowsOf(storing, bad, after);
  const until = clock.monotonic() + page.ms;
  const done = { redone: 0, unchanged: 0, impossible: [] as { document: string; why: string }[] };
  let last: DocumentRow | undefined;
  for (const row of rows) {
    if (last !== undefined && clock.monotonic() >= until) break;
    const fate = await reprocessDocument(storing, row, who);
    if (typeof fate === 'string') done[fate] += 1;
    else done.impossible.push({ document: row.document, why: fate.impossible });
    last = row;
  }
  const isAll = rows.length < page.documents && last === rows.at(-1);
  return isAll || last === undefined ? done : { ...done, next: last.listKey };
}

function rowsOf({ documents }: Storing, release: Release, after: string | null): Promise<DocumentRow[]> {
  const where = {
    release,
    state: { $in: contentStates },
    ...(after === null ? {} : { listKey: { $lt: after } }),
  };
  return documents.find({ where, sort: { listKey: -1 }, limit: page.documents });
}

function mustBeLive({ role, release }: Storing, bad: Release): void {
  if (bad === release) {
    throw new ParityError(
      'release_refused',
      `Release ${bad} would do again what it did: roll back, or ship a repaired one, and reprocess then.`,
    );
  }
  if (role() === 'live') return;
  throw new ParityError(
    'release_refused',
    `Only the live release reprocesses, and ${release} is not, or does not know it: see ./parity status.`,
  );
}
