import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** What a test's pair is asked. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** For tests: a pair, or what else speaks JSON over HTTP, that answers as `answer` says; its URL. */
export async function testPair(
  context: TestContext,
  answer: (asked: Asked) => { readonly status: number; readonly body?: unknown },
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const { method = '', url = '' } = request;
      const { status, body } = answer({ method, path: url.replace(/\?.*/, '') });
      response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
