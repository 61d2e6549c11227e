import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCodes, isParityError, ParityError } from '../../../domain/errors.ts';
import type { Answer } from './exchange.ts';

/** True of all that we answer: types are not guessed, and nothing is cached that a handler did not allow. */
const safeHeaders = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** The answer to a refusal or failure: `{ error: { code, message } }`. What is not a ParityError says nothing. */
export function errorAnswer(error: unknown, headers: OutgoingHttpHeaders = {}): Answer {
  const told = isParityError(error) ? error : unexpected;
  const { code, message, retryAfterS } = told;
  const withHeaders = { ...headers };
  if (retryAfterS !== undefined) withHeaders['retry-after'] = String(retryAfterS);
  // RFC 6750 §3.
  if (code === 'unauthenticated') withHeaders['www-authenticate'] = 'Bearer';
  return { status: errorCodes[code].status, json: { error: { code, message } }, headers: withHeaders };
}

const unexpected = new ParityError(
  'internal',
  'Something failed on our side. Repeating is safe; the x-correlation-id of this answer names it in our logs.',
);

/** Resolves when all of the answer was handed to the connection; rejects when its stream or the connection fails. */
export async function sendAnswer(
  { req, res }: { req: IncomingMessage; res: ServerResponse },
  answer: Answer,
  ownHeaders: OutgoingHttpHeaders,
): Promise<void> {
  const headers = { ...safeHeaders, ...ownHeaders, ...answer.headers };
  if ('stream' in answer) return sendStream({ req, res }, { ...answer, headers });
  const [type, text] = content(answer);
  if (type !== undefined) headers['content-type'] ??= type;
  if (answer.status !== 204 && answer.status !== 304) headers['content-length'] = Buffer.byteLength(text);
  res.writeHead(answer.status, headers).end(text);
}

function content(answer: Exclude<Answer, { stream: Readable }>): [type: string | undefined, text: string] {
  if ('json' in answer) return ['application/json; charset=utf-8', JSON.stringify(answer.json)];
  if ('text' in answer) return ['text/plain; charset=utf-8', answer.text];
  return [undefined, ''];
}

async function sendStream(
  { req, res }: { req: IncomingMessage; res: ServerResponse },
  { status, headers, stream }: { status: number; headers: OutgoingHttpHeaders; stream: Readable },
): Promise<void> {
  if (req.method === 'HEAD') {
    stream.destroy();
    res.writeHead(status, headers).end();
    return;
  }
  if (stream.errored) throw stream.errored;
  await once(stream, 'readable');
  res.writeHead(status, headers);
  await pipeline(stream, res);
}
