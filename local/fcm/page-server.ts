import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../../services/kit/ports.ts';
import { readBoundedText } from './bounded-text.ts';
import { streamPhones } from './phone-feed.ts';
import type { KeptPhones } from './phone-journal.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

export interface PageServerOptions {
  /** The page, self-contained HTML. */
  readonly page: string;
  readonly phones: KeptPhones;
  readonly tokens: TokenEndpoint;
  readonly clock: Clock;
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const dismissal = z.strictObject({ token: z.string(), key: z.string() });

/**
 * The HTTP/1.1 edge: the page (`/`), the phones as JSON (`/phones`) and as they change (`/events`), a driver's swipe
 * (`POST /dismiss`), and the token endpoint, which Google serves over HTTP/1.1 too.
 */
export function createPageServer(options: PageServerOptions): Server {
  const { page, phones, tokens, clock } = options;
  const policy = contentSecurityPolicy(page);

  const routes: Record<string, Route> = {
    'GET /': (_request, response) => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
      });
      response.end(page);
    },
    'GET /phones': (_request, response) => reply(response, 200, { phones: phones.list() }),
    'GET /events': (_request, response) => streamPhones(response, { phones, clock }),
    'POST /dismiss': async (request, response) => {
      // A page elsewhere cannot send JSON here without a preflight, which nobody answers.
      const json = request.headers['content-type'] === 'application/json';
      const parsed = dismissal.safeParse(json ? readJson(await readBoundedText(request)) : undefined);
      if (!parsed.success) return reply(response, 400, { error: 'Send JSON: { "token", "key" }.' });
      await phones.record({ event: 'dismissed', ...parsed.data });
      reply(response, 200, {});
    },
    'POST /token': async (request, response) => {
      const answer = await tokens.exchange((await readBoundedText(request)) ?? '');
      reply(response, answer.status, answer.body);
    },
  };

  return createServer((request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    const route = routes[`${request.method ?? ''} ${request.url ?? ''}`] ?? notHere;
    Promise.resolve(route(request, response)).catch(() => response.destroy());
  });
}

function notHere(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.startsWith('/v1/')) {
    return reply(response, 426, { error: 'The API speaks HTTP/2 here: curl --http2-prior-knowledge …' });
  }
  reply(response, 404, { error: 'Not here. Try /, /phones or /events.' });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

function readJson(body = ''): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Allows the page's own style and script, by their hashes, and nothing else; links may be followed. */
function contentSecurityPolicy(page: string): string {
  const source = (tag: string) => {
    const content = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? '';
    return `${tag}-src 'sha256-${hash('sha256', content, 'base64')}'`;
  };
  return `default-src 'none'; ${source('style')}; ${source('script')}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
