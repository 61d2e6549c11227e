import { ParityError } from '../../../domain/errors.ts';
import { parseJson } from '../../../domain/parse-json.ts';
import { overdue, withinDeadline } from '../deadline.ts';
import type { Clock } from '../ports.ts';

/** Some kilobytes come within this over the slowest network; whoever takes longer holds a connection open. */
export const jsonBodyWithinMs = 10_000;

/** What is read, how much of it at the most, and by whose time. */
export interface JsonBodyOptions {
  readonly what: string;
  readonly maxBytes: number;
  readonly clock: Clock;
}

/**
 * A request's body as JSON; undefined when it is none, which whoever knows the form that it should have says best.
 * @throws ParityError that begins with `what`: `invalid_request` as soon as it is longer than `maxBytes`,
 * `body_too_slow` when it is not there within `jsonBodyWithinMs`
 */
export async function readJsonBody(
  body: AsyncIterable<Uint8Array>,
  { what, maxBytes, clock }: JsonBodyOptions,
): Promise<unknown> {
  const text = await withinDeadline(readText(body, { what, maxBytes }), { clock, ms: jsonBodyWithinMs });
  if (text === overdue) {
    throw new ParityError(
      'body_too_slow',
      `${what} must be there within ${jsonBodyWithinMs / 1000} s: send it again.`,
    );
  }
  return parseJson(text);
}

/** When its time is over the edge ends the request, and with it the loop. */
async function readText(
  body: AsyncIterable<Uint8Array>,
  { what, maxBytes }: Pick<JsonBodyOptions, 'what' | 'maxBytes'>,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new ParityError('invalid_request', `${what} has at most ${maxBytes / 1024} KiB.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
