import { z } from 'zod';

/** What came of one page of `reprocess`: each document that the release stored is looked at, and counted once. */
export const reprocessedSchema = z.object({
  /** Stored again from the spool: what lay there was not what had been accepted. */
  redone: z.int().nonnegative(),
  /** Right as they were. */
  unchanged: z.int().nonnegative(),
  /** Wrong, and nothing here can put them right; each with the reason. They are corrupt from now on, and not served. */
  impossible: z.array(z.object({ document: z.string(), why: z.string() })),
  /** Where the next page begins; undefined when this was the last. */
  next: z.string().optional(),
});
export type Reprocessed = z.infer<typeof reprocessedSchema>;
