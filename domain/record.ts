import { z } from 'zod';
import { ParityError } from './errors.ts';
import { isParity, type Parity } from './parity.ts';
import { parseRelease, type Release } from './release.ts';

const parity = z.string().refine(isParity, 'odd or even');
const release = z.string().transform((text, context): Release => {
  try {
    return parseRelease(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: String(error) });
    return z.NEVER;
  }
});
const instant = z.iso.datetime();

const write = z.strictObject({
  version: z.int().positive(),
  nonce: z.string().min(1),
  at: instant,
  who: z.string().min(1),
  why: z.string().min(1),
});

/** The record's shape as it is stored: one small JSON object, changed by compare-and-set on `version`. */
export const recordSchema = z.strictObject({
  schema: z.literal(1),
  /** Raised by one with every write. */
  version: z.int().positive(),
  /** The cluster that plays live. */
  live: z.strictObject({ parity, release }),
  /** The release that was live before; taken back to during bake. */
  previous: release.optional(),
  /** The release being shipped. */
  candidate: release.optional(),
  /** Releases that were live and are being drained. */
  retiring: z.array(release),
  /** Users whose turned bucket is below it are on the candidate: 0 nobody, 1000 everybody. */
  threshold: z.int().min(0).max(1000),
  /** Cohorts that go to the candidate. */
  cohorts: z.array(z.string().regex(/^[a-z][a-z0-9-]*$/)),
  /** The release engine's running step. */
  step: z.string().optional(),
  /** Past this instant, keepers render threshold 0 and no cohort. */
  judgedUntil: instant.optional(),
  /** The last eight writes, newest first; a lost answer of the store is settled by looking for the nonce. */
  writes: z.array(write).max(8),
});

/** Who is live, what is being shipped, and how far: the truth that keepers render. */
export type ReleaseRecord = z.infer<typeof recordSchema>;

/** What a release is in the pair, as the keeper tells its services. */
export type ReleaseRole = 'live' | 'candidate' | 'retiring';

/** @throws ParityError `invalid_record` naming every fault with its path. */
export function parseRecord(value: unknown): ReleaseRecord {
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) {
    throw new ParityError('invalid_record', `The record is not valid:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** The first record of a new pair: one release, live on the cluster of its sprint. */
export function firstRecord(first: {
  live: { parity: Parity; release: Release };
  at: string;
  who: string;
  nonce: string;
}): ReleaseRecord {
  const { live, ...by } = first;
  return {
    schema: 1,
    version: 1,
    live,
    retiring: [],
    threshold: 0,
    cohorts: [],
    writes: [{ version: 1, ...by, why: 'a new pair' }],
  };
}

/** The role of `release` in `record`; undefined when it has none (any more). */
export function roleOf(record: ReleaseRecord, release: Release): ReleaseRole | undefined {
  if (release === record.live.release) return 'live';
  if (release === record.candidate) return 'candidate';
  return release === record.previous || record.retiring.includes(release) ? 'retiring' : undefined;
}
