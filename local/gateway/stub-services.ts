import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { probes } from '../../domain/catalogue.ts';

/**
 * For tests: a process that stands in for all services of a release in a cluster. Started as
 * `node stub-services.ts <port> <cluster>/<release>`; answers what it was sent, and writes a line for each request that
 * is no probe as soon as its head is there. A request may ask for a slow answer, for one of another status, or for one of
 * so many bytes.
 */
const [port, servedBy = ''] = process.argv.slice(2);

/** Every document that it accepts is this one. */
const documentId = '019a6f3e-5a00-7000-8000-000000000000';

async function answer(request: IncomingMessage, response: ServerResponse, reading = true): Promise<void> {
  const { method, url, headers } = request;
  const probed = url === probes.liveness || url?.startsWith(probes.readiness);
  if (!probed) process.stdout.write(`${JSON.stringify({ method, url, headers })}\n`);
  let bytes = 0;
  if (reading) for await (const chunk of request) bytes += (chunk as Buffer).length;
  await pause(Number(headers['x-stub-delay-ms'] ?? 0));
  const accepted = method === 'POST' && !probed;
  const status = Number(headers['x-stub-status'] ?? (accepted ? 202 : 200));
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-parity-served-by': servedBy,
    'x-correlation-id': headers['x-correlation-id'] ?? 'none',
    ...(accepted && { location: `/v1/documents/${documentId}` }),
  });
  const wanted = headers['x-stub-bytes'];
  response.end(
    wanted === undefined ? JSON.stringify({ method, url, headers, bytes }) : Buffer.alloc(Number(wanted)),
  );
}

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  answer(request, response).catch(() => response.destroy());
});
// As our services do: whoever refuses says so before the body is sent.
server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
  const takes = request.headers['x-stub-status'] === undefined;
  if (takes) response.writeContinue();
  answer(request, response, takes).catch(() => response.destroy());
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
