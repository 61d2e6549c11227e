import type { Claims } from '../../domain/claims.ts';
import { ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Links } from '../kit/link.ts';
import type { Clock } from '../kit/ports.ts';
import { readableRow } from './find-document.ts';
import { readRow, type Storing } from './storing.ts';

/** How links are opened. */
export interface LinkPolicy {
  readonly links: Pick<Links, 'openLink'>;
  /** True when holding a link is not enough (`PARITY_LINK_SIGN_IN`). */
  readonly signIn: boolean;
}

/** A link that somebody opens. */
export interface Opening {
  readonly token: string;
  /** Who he is; rejects when he has not signed in. */
  readonly signedIn: () => Promise<Claims>;
}

/**
 * No refusal is answered sooner: a forged, an expired and a revoked link take the same time, though only the last is
 * looked up (failures.md 49). Well above what the look-up takes. Waiting costs a connection and nothing else, whereas
 * looking up a row for every forgery would let strangers load the database.
 */
export const refusedAfterMs = 100;

/**
 * The row of the version that a link names. Revocation counts from the moment that its write was answered, for the row
 * is read anyway: nothing else must be there to open a link, and no cache can be behind.
 * @throws ParityError `link_invalid`, `link_expired`, `link_revoked`, `not_found`, `conflict`; where the policy demands
 * it `unauthenticated`, `forbidden`; `keys_unavailable`, `database_unavailable`.
 */
export async function openLink(
  storing: Storing,
  { links, signIn }: LinkPolicy,
  opening: Opening,
): Promise<DocumentRow> {
  return refusingEvenly(storing.clock, async () => {
    const claims = signIn ? await opening.signedIn() : undefined;
    const link = await links.openLink(opening.token);
    const row = await readRow(storing, link);
    if (row === undefined) throw new ParityError('not_found', 'The document is not there any more.');
    if (link.linkGeneration < (row.linkGeneration ?? 0)) {
      throw new ParityError('link_revoked', 'The link was revoked: ask for a new one.');
    }
    if (claims !== undefined && !mayOpen(claims, row)) {
      throw new ParityError('forbidden', 'This link opens only for the owner of the document.');
    }
    return readableRow({ row });
  });
}

function mayOpen({ sub, roles }: Claims, { owner }: DocumentRow): boolean {
  return sub === owner || roles.includes('agent') || roles.includes('admin');
}

async function refusingEvenly<T>(clock: Clock, open: () => Promise<T>): Promise<T> {
  const began = clock.monotonic();
  try {
    return await open();
  } catch (error) {
    const leftMs = began + refusedAfterMs - clock.monotonic();
    if (leftMs > 0) await clock.delay(leftMs);
    throw error;
  }
}
