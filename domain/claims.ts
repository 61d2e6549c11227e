import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a user may do. */
export const roles = ['driver', 'agent', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a user's id looks like, in words for whoever gave another. */
export const userIdRule =
  'A user id has 1 to 255 characters, no control characters, and no blanks at its ends.';

/** A user's id; it is printed, so it must not be able to move a terminal's cursor. */
export const userId = z
  .string()
  .max(255)
  .regex(/^(?!\s)[^\p{Cc}]+(?<!\s)$/u);

/** A stable number 0–999 per user as the three digits that stand in the token ("042"). */
export type Bucket = string & { readonly brand: 'Bucket' };

/** What Parity reads of a verified access token. */
export interface Claims {
  /** The user's id. */
  readonly sub: string;
  readonly roles: readonly Role[];
  readonly bucket: Bucket;
  /** Cohort names with a space at both ends (`" beta pilot "`), so that one expression matches everywhere. */
  readonly cohorts: string;
}

/** The user's bucket: the first 32 bits of SHA-256(user id) mod 1000 (design.md §5). */
export function bucketOf(user: string): Bucket {
  const bits = createHash('sha256').update(user, 'utf8').digest().readUInt32BE(0);
  return String(bits % 1000).padStart(3, '0') as Bucket;
}

/** Cohort names in the form of the claim: `[]` → `" "`, `["beta"]` → `" beta "`. */
export function cohortsClaim(names: readonly string[]): string {
  return ` ${names.map(name => `${name} `).join('')}`;
}
