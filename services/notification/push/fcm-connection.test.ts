import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { systemClock } from '../../kit/ports.ts';
import { createFcmConnection } from './fcm-connection.ts';
import type { FcmConnection } from './fcm-connection.ts';

const request = { path: '/send', token: 'secret', body: '{}', timeoutMs: 10_000 };
const short = { ...request, timeoutMs: 300 };
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A server that hands each stream to `serve`, with its number (from 1) among all, and a connection to it. */
async function connectTo(
  serve: (stream: ServerHttp2Stream, number: number) => void,
): Promise<{ connection: FcmConnection; sessions: ServerHttp2Session[] }> {
  const sessions: ServerHttp2Session[] = [];
  let number = 0;
  const server = createServer();
  server.on('session', session => sessions.push(session));
  server.on('stream', stream => {
    stream.on('error', () => {});
    serve(stream, (number += 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = createFcmConnection({
    baseUrl: `http://127.0.0.1:${String(port)}`,
    clock: systemClock,
  });
  endings.push(async () => {
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, 'close');
  });
  return { connection, sessions };
}

function answer(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 });
  stream.end('{}');
}

const kinds = (exchanges: readonly { kind: string }[]) => exchanges.map(exchange => exchange.kind);

describe('createFcmConnection', () => {
  it('keeps one connection for many requests', async () => {
    const { connection, sessions } = await connectTo(answer);
    await connection.post(request);
    const exchanges = await Promise.all(Array.from({ length: 50 }, () => connection.post(request)));
    assert.deepEqual(new Set(kinds(exchanges)), new Set(['answer']));
    assert.equal(sessions.length, 1);
    await connection.close();
  });

  it('gives the status, Retry-After and the body', async () => {
    const { connection } = await connectTo(stream => {
      stream.respond({ ':status': 503, 'retry-after': '7' });
      stream.end('busy');
    });
    assert.deepEqual(await connection.post(request), {
      kind: 'answer',
      answer: { status: 503, retryAfter: '7', body: 'busy' },
    });
  });

  it('calls what lies above the last stream of a GOAWAY not sent, and lets the rest end', async () => {
    const { connection, sessions } = await connectTo((stream, number) => {
      if (number === 1) return;
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR, (stream.id ?? 0) - 2);
    });
    const [first, second] = [connection.post(request), connection.post(request)];
    assert.deepEqual(await second, {
      kind: 'not_sent',
      connected: true,
      reason: 'REFUSED_STREAM',
    });
    sessions[0]?.destroy();
    assert.equal((await first).kind, 'unknown');
  });

  it('calls what lies at or below the last stream of a failing GOAWAY unknown', async () => {
    const { connection } = await connectTo((stream, number) => {
      if (number === 1) return;
      stream.session?.goaway(constants.NGHTTP2_INTERNAL_ERROR, (stream.id ?? 0) - 2);
    });
    const exchanges = await Promise.all([connection.post(request), connection.post(request)]);
    assert.deepEqual(kinds(exchanges), ['unknown', 'not_sent']);
  });

  it('opens another connection after a GOAWAY', async () => {
    const { connection, sessions } = await connectTo((stream, number) => {
      answer(stream);
      if (number === 1) stream.session?.close();
    });
    await connection.post(request);
    assert.equal((await connection.post(request)).kind, 'answer');
    assert.equal((await connection.post(request)).kind, 'answer');
    assert.ok(sessions.length <= 2);
    await connection.close();
  });

  it('calls an answer that was cut short unknown', async () => {
    const { connection, sessions } = await connectTo(stream => {
      stream.respond({ ':status': 200 });
      stream.write('{"name":', () => sessions[0]?.destroy());
    });
    assert.equal((await connection.post(request)).kind, 'unknown');
  });

  it('calls an endless answer unknown', async () => {
    const { connection } = await connectTo(stream => {
      stream.respond({ ':status': 200 });
      stream.end('x'.repeat(70_000));
    });
    assert.equal((await connection.post(request)).kind, 'unknown');
  });

  it('trusts a connection no more after a deadline passed on it', async () => {
    const { connection, sessions } = await connectTo((stream, number) => {
      if (number !== 2) answer(stream);
    });
    await connection.post(request);
    assert.deepEqual(await connection.post(short), {
      kind: 'unknown',
      reason: 'no answer within 300 ms',
    });
    assert.equal((await connection.post(request)).kind, 'answer');
    assert.equal(sessions.length, 2);
  });

  it('says that nobody is there, as not sent', async () => {
    const connection = createFcmConnection({
      baseUrl: 'http://127.0.0.1:1',
      clock: systemClock,
    });
    const exchange = await connection.post(request);
    assert.ok(exchange.kind === 'not_sent' && !exchange.connected);
    assert.match(exchange.reason, /ECONNREFUSED/);
  });

  it('waits on closing for what is under way', async () => {
    const arrived = Promise.withResolvers<ServerHttp2Stream>();
    const { connection } = await connectTo(arrived.resolve);
    const post = connection.post(request);
    const stream = await arrived.promise;
    const closed = connection.close();
    answer(stream);
    assert.equal((await post).kind, 'answer');
    await closed;
  });

  it('waits no longer than the deadline for a peer that says nothing', async () => {
    const arrived = Promise.withResolvers<ServerHttp2Stream>();
    const { connection } = await connectTo(arrived.resolve);
    const post = connection.post(short);
    await arrived.promise;
    await connection.close();
    assert.deepEqual(await post, { kind: 'unknown', reason: 'no answer within 300 ms' });
  });
});
