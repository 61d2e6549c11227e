import { z } from 'zod';
import { isParity, perParity } from './parity.ts';
import { isStepId } from './release-step.ts';
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
const step = z.string().refine(isStepId, 'a step of a release');
const window = z.strictObject({ from: instant, to: instant });

/** One write of the record: the journal's raw material. */
export const recordWrite = z.strictObject({
  version: z.int().positive(),
  /** Random; by it a writer whose answer was lost finds out whether he wrote. */
  nonce: z.string().min(1),
  at: instant,
  who: z.string().min(1),
  what: z.string().min(1),
  why: z.string().min(1),
  /** The release in whose journal the write belongs. */
  about: release,
});
export type RecordWrite = z.infer<typeof recordWrite>;

/** How many of its own writes the record carries. */
export const writesKept = 8;

/** The record's shape as it is stored: one small JSON object, changed by compare-and-set. */
export const recordShape = z.strictObject({
  schema: z.literal(1),
  /** Raised by one with every write. */
  version: z.int().positive(),
  /** The cluster that plays live, and the live release. */
  live: z.strictObject({ parity, release }),
  /** Only in a bake: the release that was live before, on the other cluster; taken back to if need be. */
  previous: release.optional(),
  /** The release being shipped. */
  candidate: release.optional(),
  /** Releases that leave: drained, then stopped, in the background. */
  retiring: z.array(release),
  /** Which releases have been started in a cluster and were ready there. */
  runs: z.strictObject(perParity(() => z.array(release))),
  /** Users whose turned bucket is below it are on the candidate: 0 nobody, 1000 everybody. */
  threshold: z.int().min(0).max(1000),
  /** Cohorts that go to the candidate. */
  cohorts: z.array(z.string().regex(/^[a-z][a-z0-9-]*$/)),
  /** The release engine's running step; none when no engine has anything to go on with. */
  step: step.optional(),
  /** Steps that a person has said may be left, although the policy or the evidence would wait. */
  approved: z.array(step),
  /** Past this instant keepers render what `takeBack` would leave. There while users are on unproven ground. */
  judgedUntil: instant.optional(),
  /** From when figures count; there together with `judgedUntil`. */
  evidence: z
    .strictObject({
      /** When the first user met the candidate; what was before is the baseline. */
      exposedFrom: instant,
      /** Since when the present routing holds. */
      from: instant,
      /** The last window in which both sides had users enough; compared with when one side is starved. */
      reference: window.optional(),
    })
    .optional(),
  /** The last eight writes, newest first; a lost answer of the store is settled by looking for the nonce. */
  writes: z.array(recordWrite).max(writesKept),
});

/** Who is live, what is being shipped, and how far: the truth that keepers render. */
export type ReleaseRecord = z.infer<typeof recordShape>;
