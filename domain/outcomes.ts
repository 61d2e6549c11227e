import { z } from 'zod';
import { isDocumentId, type DocumentId } from './document-id.ts';
import { documentStates, type DocumentState } from './document.ts';

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

/**
 * The objectives of a document after its 202: stored, or refused with a reason, after so long, and its pushes sent after
 * so long. What they look at then is what it is judged by: neither earlier (the good would be counted before the bad)
 * nor again. Storing and sending take a quarter of a second each on an idle laptop; queues of a busy one take the rest.
 */
export const documentObjectives = { storedWithinMs: 5_000, pushedWithinMs: 8_000 } as const;

/** True when a document that is in this state after `storedWithinMs` is no fault of the release that works on it. */
export function isWellAfter(state: DocumentState): boolean {
  return wellAfter[state];
}

/** A document that was refused with a reason is done; what was parked, lost or found corrupt is what gates are for. */
const wellAfter: Readonly<Record<DocumentState, boolean>> = {
  accepted: false,
  storing: false,
  stored: true,
  notified: true,
  rejected: true,
  parked: false,
  cancelled: true,
  lost: false,
  corrupt: false,
  deleted: true,
};
