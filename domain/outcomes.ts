import { z } from 'zod';
import { isDocumentId, type DocumentId } from './document-id.ts';
import { documentStates } from './document.ts';

/** Documents that one question may name. */
export const maxOutcomesAsked = 1000;

/** A question of that many ids has 39,012 bytes; what is longer is not read. */
export const maxOutcomesBytes = 64 * 1024;

const documentId = z
  .string()
  .refine(isDocumentId, 'a document id')
  .transform(text => text as DocumentId);

/** What the keeper asks: what became of these documents? It has their ids from its gateway's access log. */
export const outcomesQuestion = z.strictObject({ ids: z.array(documentId).max(maxOutcomesAsked) });
export type OutcomesQuestion = z.infer<typeof outcomesQuestion>;

/** Storage's answer: the state of each document that has a row; the others wait in the spool, or never were. */
export const documentOutcomes = z.object({ documents: z.record(z.string(), z.enum(documentStates)) });
export type DocumentOutcomes = z.infer<typeof documentOutcomes>;

/**
 * What became of a document's pushes, the worst first: `failed` (FCM refused one for good, or it came too late),
 * `pending`, `sent`; `none` when nobody was, or is yet, to be told.
 */
export const pushOutcomeStates = ['failed', 'pending', 'sent', 'none'] as const;
export type PushOutcome = (typeof pushOutcomeStates)[number];

/** Notification's answer: one outcome for each document that was asked for. */
export const pushOutcomes = z.object({ pushes: z.record(z.string(), z.enum(pushOutcomeStates)) });
export type PushOutcomes = z.infer<typeof pushOutcomes>;
