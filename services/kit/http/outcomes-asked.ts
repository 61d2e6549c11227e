import { z } from 'zod';
import type { DocumentId } from '../../../domain/document-id.ts';
import { ParityError } from '../../../domain/errors.ts';
import { maxOutcomesAsked, maxOutcomesBytes, outcomesQuestion } from '../../../domain/outcomes.ts';
import type { Clock } from '../ports.ts';
import { readJsonBody } from './json-body.ts';

/** The documents that a keeper asks about, each once. @throws ParityError `invalid_request`, `body_too_slow` */
export async function readOutcomesAsked(
  body: AsyncIterable<Uint8Array>,
  clock: Clock,
): Promise<readonly DocumentId[]> {
  const asked = outcomesQuestion.safeParse(
    await readJsonBody(body, { what: 'A question', maxBytes: maxOutcomesBytes, clock }),
  );
  if (asked.success) return [...new Set(asked.data.ids)];
  const form = `{ "ids": [ up to ${maxOutcomesAsked} document ids ] }`;
  throw new ParityError('invalid_request', `A question is ${form}: ${z.prettifyError(asked.error)}`);
}
