import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import { json } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ParityError } from '../../domain/errors.ts';
import type { LongDocument } from './long-document.ts';

/** An answer, and whether it came over a connection that was there before. */
export interface KeptAnswer {
  readonly status: number;
  /** `even/2` */
  readonly servedBy: string;
  readonly body: unknown;
  readonly reused: boolean;
}

/** One connection, kept from request to request: whoever relays it cannot send the next one another way. */
export interface KeptConnection {
  get(path: string): Promise<KeptAnswer>;
  upload(document: LongDocument, key: string): Promise<KeptAnswer>;
  close(): void;
}

/** Nothing is connected before the first request. */
export function keptConnection({ url, token }: { url: string; token: string }): KeptConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const authorization = `Bearer ${token}`;
  const exchange = async (path: string, options: RequestOptions, body: Readable): Promise<KeptAnswer> => {
    const asked = request(`${url}${path}`, { ...options, agent });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve).once('error', reject);
    });
    const sent = pipeline(body, asked);
    const answer = await answered;
    await sent;
    return {
      status: answer.statusCode ?? 0,
      servedBy: String(answer.headers['x-parity-served-by']),
      body: await json(answer),
      reused: asked.reusedSocket,
    };
  };
  return {
    get: path => exchange(path, { headers: { authorization } }, Readable.from([])),
    upload: (document, key) => {
      const headers = {
        authorization,
        'idempotency-key': key,
        'content-type': 'application/pdf',
        'content-length': document.bytes,
        'x-document-name': 'long.pdf',
      };
      const body = Readable.from(document.pieces(), { highWaterMark: 1 });
      return exchange('/v1/documents', { method: 'POST', headers }, body);
    },
    close: () => agent.destroy(),
  };
}

/** The id in a 202. @throws ParityError `send_failed` for any other answer. */
export function idOf({ status, body }: KeptAnswer): string {
  if (status === 202 && typeof body === 'object' && body !== null && 'id' in body) return String(body.id);
  throw new ParityError('send_failed', `The upload was answered ${status} ${JSON.stringify(body)}`);
}
