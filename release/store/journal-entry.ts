import { z } from 'zod';
import { recordWrite } from '../../domain/record-shape.ts';
import { isStepId } from '../../domain/release-step.ts';

/** How a step ended: it did what it is for, it said no, it waits for a person, or something technical broke. */
const stepOutcomes = ['done', 'failed', 'waiting', 'errored', 'taken-back'] as const;
export type StepOutcome = (typeof stepOutcomes)[number];

const stepEntry = z.strictObject({
  kind: z.literal('step'),
  nonce: z.string().min(1),
  step: z.string().refine(isStepId, 'a step of a release'),
  /** When it ended. */
  at: z.iso.datetime(),
  tookMs: z.int().nonnegative(),
  who: z.string().min(1),
  outcome: z.enum(stepOutcomes),
  why: z.string(),
  /** What was seen, a line each: checks, figures of both sides, users counted. */
  seen: z.array(z.string()),
});

/** One entry of a release's journal: a step that ended, or a write of the record. */
const journalEntry = z.discriminatedUnion('kind', [
  stepEntry,
  z.strictObject({ kind: z.literal('write'), ...recordWrite.shape }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

/** A journal as it is stored, oldest entry first. */
export const journalSchema = z.strictObject({ schema: z.literal(1), entries: z.array(journalEntry) });
