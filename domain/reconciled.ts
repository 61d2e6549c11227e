import { z } from 'zod';

const paper = z.object({ id: z.string(), owner: z.string(), name: z.string(), acceptedAt: z.iso.datetime() });

/** A paper that a row tells of, as its owner knows it. */
export type NamedPaper = z.infer<typeof paper>;

/** What one page of comparing vault and rows found, by name. */
export const reconciledSchema = z.object({
  /** Rows looked at: those stored since the time given. */
  looked: z.int().nonnegative(),
  /** Their file is not there, or does not decrypt to what was accepted: they say `lost` now. */
  lost: z.array(paper),
  /** They said `lost`, and their file is there (again). */
  found: z.array(paper),
  /** Vault files whose row is not there. Their key lay in it, so nobody can read them; a backup's row brings them back. */
  withoutRow: z.array(z.string()),
  /** Where the next page begins; undefined when this was the last. */
  next: z.string().optional(),
});
export type Reconciled = z.infer<typeof reconciledSchema>;
