import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Duplex } from 'node:stream';
import { ParityError } from '../../../domain/errors.ts';

/**
 * The version of the API that we speak: Docker Engine 25's, which later ones still take (Docker Engine API, "Versioned
 * API and SDK").
 */
export const apiVersion = '1.44';

/** One request; `query` and `body` as the API's reference has them. */
export interface DockerRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the engine answered, whatever it thought of the request. */
export interface DockerAnswer {
  readonly status: number;
  readonly text: string;
}

/** A Docker engine behind a Unix socket. A connection that breaks rejects with the system's error. */
export interface DockerApi {
  ask(request: DockerRequest, signal?: AbortSignal): Promise<DockerAnswer>;
  /** Asks, and takes over the connection: what is written goes in, what comes is what it sends. */
  takeOver(request: DockerRequest): Promise<Duplex>;
}

/** Speaks to the engine whose socket lies at `socketPath`. */
export function dockerApi(socketPath: string): DockerApi {
  const send = ({ method, path, query = {}, body }: DockerRequest, headers = {}, signal?: AbortSignal) => {
    const target = `/v${apiVersion}${path}${queryText(query)}`;
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const content =
      sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': sent.length };
    const options = { socketPath, method, path: target, agent: false, signal } as const;
    return request({ ...options, headers: { ...content, ...headers } }).end(sent);
  };
  return {
    ask: async (asked, signal) => {
      const [answer] = (await once(send(asked, {}, signal), 'response')) as [IncomingMessage];
      return { status: answer.statusCode ?? 0, text: await text(answer) };
    },
    takeOver: async asked => {
      const sent = send(asked, { connection: 'Upgrade', upgrade: 'tcp' });
      const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
      const refused = answered.then(async ([answer]) => {
        throw dockerRefused(asked, { status: answer.statusCode ?? 0, text: await text(answer) });
      });
      const upgraded = once(sent, 'upgrade') as Promise<[IncomingMessage, Duplex, Buffer]>;
      refused.catch(() => {});
      const [, connection, head] = await Promise.race([upgraded, refused]);
      if (head.length > 0) connection.unshift(head);
      return connection;
    },
  };
}

/** What an answer that nobody expected becomes. */
export function dockerRefused(
  { method, path }: DockerRequest,
  { status, text: said }: DockerAnswer,
): ParityError {
  const why = said.trim().slice(0, 500);
  return new ParityError('engine_failed', `The Docker engine refused ${method} ${path} (${status}): ${why}`);
}

function queryText(query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(query).toString();
  return search === '' ? '' : `?${search}`;
}
