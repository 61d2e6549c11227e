import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { catalogue } from '../../../domain/catalogue.ts';
import { parseRelease } from '../../../domain/release.ts';
import type { Log } from '../logger.ts';
import { systemClock, systemRandom } from '../ports.ts';
import { testFolder } from '../test-folder.ts';
import { testIssuer } from '../test-issuer.ts';
import { createTokenVerifier } from '../token-verifier.ts';
import type { RequestSeen } from './edge.ts';
import type { Handlers, ServiceHandlers } from './exchange.ts';
import { httpServer } from './http-server.ts';

type AnyHandlers = Partial<Handlers<'processor'> & Handlers<'storage'>>;

/** Something that was logged. */
export interface Logged {
  readonly level: keyof Log;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A server for a test: processor and storage, whose handlers answer `{}` where the test says nothing else. */
export async function served(test: TestContext, own: AnyHandlers) {
  const issuer = await testIssuer(await testFolder(test));
  const seen: RequestSeen[] = [];
  const logged: Logged[] = [];
  const log = logInto(logged);
  const server = httpServer({
    identity: { cluster: 'odd', release: parseRelease('1') },
    clock: systemClock,
    random: systemRandom,
    log,
    observe: request => void seen.push(request),
    services: handlersWith(own),
    probes: {
      liveness: () => ({ status: 200, text: 'liveness' }),
      readiness: () => ({ status: 200, text: 'readiness' }),
      metrics: () => ({ status: 200, text: 'metrics' }),
    },
    verifier: await createTokenVerifier({ ...issuer, clock: systemClock, log }),
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  test.after(() => server.drain(0));

  const authorization = await issuer.bearer();
  const fetchHere = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
  return {
    server,
    port,
    seen,
    logged,
    authorization,
    fetch: fetchHere,
    /** As a driver, unless `headers` say otherwise. */
    get: (path: string, headers: Record<string, string> = {}) =>
      fetchHere(path, { headers: { authorization, ...headers } }),
    post: (body: string) => fetchHere('/v1/documents', { method: 'POST', body, headers: { authorization } }),
    admin: async () => ({ authorization: await issuer.bearer({ roles: ['admin'] }) }),
  };
}

/** A bare connection, for what a proper client would not send. */
export function connection(port: number) {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let look = () => {};
  socket.on('data', chunk => {
    received += String(chunk);
    look();
  });
  return {
    write: (text: string) => socket.write(text),
    end: () => socket.destroy(),
    closed: new Promise<void>(resolve => socket.once('close', () => resolve())),
    /** What came so far, once it matches. */
    read: (pattern: RegExp) =>
      new Promise<string>(resolve => {
        look = () => {
          if (pattern.test(received)) resolve(received);
        };
        look();
      }),
  };
}

function handlersWith(own: AnyHandlers): ServiceHandlers {
  return {
    processor: { ...emptyAnswers('processor'), ...own },
    storage: { ...emptyAnswers('storage'), ...own },
  };
}

function emptyAnswers<S extends 'processor' | 'storage'>(service: S): Handlers<S> {
  const names = [...Object.keys(catalogue[service].routes), ...Object.keys(catalogue[service].inside)];
  return Object.fromEntries(
    names.map(name => [name, () => ({ status: 200, json: {} })]),
  ) as unknown as Handlers<S>;
}

function logInto(logged: Logged[]): Log {
  const keep = (level: keyof Log) => (fields: Logged['fields']) => void logged.push({ level, fields });
  return { debug: () => {}, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
