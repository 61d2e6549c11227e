import type { Release } from '../domain/release.ts';
import { reprocessedSchema, type Reprocessed } from '../domain/reprocessed.ts';
import type { PairApi } from './pair-api.ts';

/** What came of all pages. */
export interface ReprocessTotal extends Omit<Reprocessed, 'next'> {
  /** Documents that `release` had stored. */
  readonly looked: number;
}

/**
 * Has the live release look at everything that `release` stored, page by page, and store again what is wrong; `onPage`
 * is told what came of it so far. Running it again, or for the first time to the end, is safe.
 * @throws ParityError `release_refused`, `forbidden`, and what the pair is away with; what was done stays done
 */
export async function reprocessRelease(
  api: Pick<PairApi, 'ask'>,
  release: Release,
  onPage: (soFar: ReprocessTotal) => void = () => {},
): Promise<ReprocessTotal> {
  let total: ReprocessTotal = { looked: 0, redone: 0, unchanged: 0, impossible: [] };
  let after = '';
  for (;;) {
    const { json } = await api.ask({
      method: 'POST',
      path: `/v1/admin/releases/${release}/reprocess${after}`,
    });
    const page = reprocessedSchema.parse(json);
    total = added(total, page);
    onPage(total);
    if (page.next === undefined) return total;
    after = `?after=${encodeURIComponent(page.next)}`;
  }
}

function added(total: ReprocessTotal, { redone, unchanged, impossible }: Reprocessed): ReprocessTotal {
  return {
    looked: total.looked + redone + unchanged + impossible.length,
    redone: total.redone + redone,
    unchanged: total.unchanged + unchanged,
    impossible: [...total.impossible, ...impossible],
  };
}
