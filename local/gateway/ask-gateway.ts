import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../services/kit/ports.ts';
import { signAccessToken, type TokenHolder } from '../keys/sign-access-token.ts';
import type { GatewayWorld } from './gateway-world.ts';

/** What a test asks a gateway. */
export interface Question {
  /** @default '/v1/documents' */
  readonly path?: string;
  /** @default 'GET' */
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly token?: string;
  readonly body?: string | Uint8Array;
}

/** What it answered. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `odd/1`, `even/2`, `odd/gateway`. */
  readonly servedBy: string | undefined;
  readonly text: string;
  /** Of our own error form. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** For tests: asks over a connection of its own; nothing is repeated or followed. */
export async function ask(url: string, question: Question = {}): Promise<Answered> {
  const { path = '/v1/documents', method = 'GET', headers = {}, token, body } = question;
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { hostname, port } = new URL(url);
  // Not as a URL, which would be tidied up on its way.
  const asked = request({
    hostname,
    port,
    path,
    method,
    agent: false,
    headers: { ...headers, ...authorization },
  });
  asked.end(body);
  // Whoever refuses a body closes while it is still being sent; before an answer it rejects below.
  asked.on('error', () => {});
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return answeredBy(response.statusCode ?? 0, response.headers, await text(response));
}

function answeredBy(status: number, headers: IncomingHttpHeaders, body: string): Answered {
  const servedBy = headers['x-parity-served-by'];
  const { error } = body.startsWith('{') ? (JSON.parse(body) as Pick<Answered, 'error'>) : {};
  return {
    status,
    headers,
    servedBy: typeof servedBy === 'string' ? servedBy : undefined,
    text: body,
    error,
  };
}

/** For tests: sends bytes as they are; resolves with what came back when the gateway has closed the connection. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
  // It closes while there is something left to read.
  socket.on('error', () => {});
  socket.write(bytes);
  await new Promise(resolve => socket.once('close', resolve));
  return answer;
}

/** For tests: a token that both gateways believe. */
export function tokenFor(world: GatewayWorld, holder: Partial<TokenHolder> = {}): Promise<string> {
  const whole = { user: 'user-1', roles: ['driver'], cohorts: [], ...holder } as const;
  return signAccessToken(whole, { key: world.signing, clock: systemClock });
}
