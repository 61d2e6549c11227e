import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { ParityError } from '../../../domain/errors.ts';
import type { Call } from './exchange.ts';
import { connection, served } from './test-server.ts';

const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe('answers', () => {
  it('say who served them, and are neither cached nor guessed at', async test => {
    const { get } = await served(test, {});
    const answer = await get('/v1/documents');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-parity-served-by'), 'odd/1');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(await answer.json(), {});
  });

  it("take over a caller's correlation id of a sane form, else make one", async test => {
    const { get } = await served(test, {});
    const idFor = async (id: string) =>
      (await get('/l/x', { 'x-correlation-id': id })).headers.get('x-correlation-id');
    assert.equal(await idFor('abc-123:4.5#6'), 'abc-123:4.5#6');
    for (const id of ['short', 'with space in it', 'quote"quote', 'x'.repeat(65)]) {
      assert.match((await idFor(id)) ?? '', /^[0-9a-f]{16}-\d+$/);
    }
  });

  it('stream', async test => {
    const open = () => ({ status: 200, stream: Readable.from(['one ', 'two']), headers: { etag: '"1"' } });
    const answer = await (await served(test, { open })).get('/l/x');
    assert.equal(await answer.text(), 'one two');
    assert.equal(answer.headers.get('etag'), '"1"');
    assert.equal(answer.headers.get('content-type'), null);
  });

  it('to HEAD have the head of GET and no body', async test => {
    const stream = Readable.from(['body']);
    const { fetch } = await served(test, { open: () => ({ status: 200, stream, headers: { etag: '"1"' } }) });
    const answer = await fetch('/l/x', { method: 'HEAD' });
    assert.deepEqual([answer.status, answer.headers.get('etag'), await answer.text()], [200, '"1"', '']);
    assert.equal(stream.destroyed, true);
    assert.equal((await fetch('/healthz', { method: 'HEAD' })).headers.get('content-length'), '8');
  });
});

describe('access', () => {
  const whoami = { list: ({ claims }: { claims: { sub: string } }) => ({ status: 200, json: claims.sub }) };

  it('is asked for on a public route by a handler whose policy demands it', async test => {
    const open = async ({ signedIn }: Call) => ({ status: 200, json: { user: (await signedIn()).sub } });
    const { get, fetch } = await served(test, { open });
    assert.deepEqual(await (await get('/l/x')).json(), { user: 'driver-1' });
    const stranger = await fetch('/l/x');
    assert.deepEqual([stranger.status, await codeOf(stranger)], [401, 'unauthenticated']);
    assert.equal((await fetch('/l/x', { headers: { authorization: 'Bearer forged' } })).status, 401);
  });

  it('is open to anybody on a public route', async test => {
    assert.equal((await (await served(test, {})).fetch('/l/x')).status, 200);
  });

  it('needs a verified user on a user route, whom the handler is told', async test => {
    const { fetch, get } = await served(test, whoami);
    assert.equal(await (await get('/v1/documents')).json(), 'driver-1');
    const refusal = await fetch('/v1/documents');
    assert.equal(refusal.status, 401);
    assert.equal(refusal.headers.get('www-authenticate'), 'Bearer');
    assert.equal(await codeOf(refusal), 'unauthenticated');
  });

  it('needs the role on a role route, before the handler runs', async test => {
    let calls = 0;
    const parked = () => {
      calls++;
      return { status: 200, json: [] };
    };
    const { get, admin } = await served(test, { parked });
    const refusal = await get('/v1/admin/parked');
    assert.equal(refusal.status, 403);
    assert.deepEqual(await refusal.json(), {
      error: { code: 'forbidden', message: 'This needs the role admin.' },
    });
    assert.equal(calls, 0);
    assert.equal((await get('/v1/admin/parked', await admin())).status, 200);
    assert.equal(calls, 1);
  });
});

describe('routes', () => {
  it('give the handler what the path and the query say', async test => {
    const show = ({ params, query }: { params: { id: string }; query: URLSearchParams }) => ({
      status: 200,
      json: [params.id, query.get('q')],
    });
    const answer = await (await served(test, { show })).get('/v1/documents/a%2Fb?q=1&q=2');
    assert.deepEqual(await answer.json(), ['a/b', '1']);
  });

  it('that are not there are 404', async test => {
    const answer = await (await served(test, {})).get('/v1/nothing');
    assert.equal(answer.status, 404);
    assert.deepEqual(await answer.json(), {
      error: { code: 'not_found', message: 'There is nothing at this address.' },
    });
  });

  it('of another method are 405, and say which methods there are', async test => {
    const answer = await (await served(test, {})).fetch('/v1/documents', { method: 'DELETE' });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'POST, HEAD, GET');
    assert.deepEqual(await answer.json(), {
      error: { code: 'method_not_allowed', message: 'DELETE is not possible here: use POST or HEAD or GET.' },
    });
  });

  it('include the probes', async test => {
    assert.equal(await (await (await served(test, {})).fetch('/healthz')).text(), 'liveness');
  });

  it('are seen with name, status and duration', async test => {
    const { get, seen } = await served(test, {});
    await get('/v1/documents');
    await get('/nothing');
    assert.deepEqual(
      seen.map(({ route, status }) => [route, status]),
      [
        ['storage.list', 200],
        ['unmatched', 404],
      ],
    );
    assert.ok(seen.every(({ seconds }) => seconds > 0 && seconds < 5));
  });
});

describe('errors', () => {
  it('that are coded are answered by their code, and say when to come back', async test => {
    const list = () => {
      throw new ParityError('database_unavailable', 'The database is away.', { retryAfterS: 5 });
    };
    const answer = await (await served(test, { list })).get('/v1/documents');
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '5');
    assert.deepEqual(await answer.json(), {
      error: { code: 'database_unavailable', message: 'The database is away.' },
    });
  });

  it('that nobody expected are logged with their correlation id, and tell the caller nothing', async test => {
    const list = () => {
      throw new TypeError('secret of /etc/passwd');
    };
    const { get, logged } = await served(test, { list });
    const answer = await get('/v1/documents', { 'x-correlation-id': 'correlate-me' });
    assert.equal(answer.status, 500);
    const body = await answer.text();
    assert.match(body, /"code":"internal"/);
    assert.doesNotMatch(body, /secret|passwd/);
    const [line] = logged.filter(({ level }) => level === 'error');
    assert.equal(line?.fields.correlationId, 'correlate-me');
    assert.equal(line?.fields.route, 'storage.list');
  });

  it('of a stream that fails before its first byte are coded', async test => {
    const failing = new Readable({
      read() {
        this.destroy(new ParityError('document_corrupt', 'It is damaged.'));
      },
    });
    const answer = await (await served(test, { open: () => ({ status: 200, stream: failing }) })).get('/l/x');
    assert.equal(answer.status, 500);
    assert.equal(await codeOf(answer), 'document_corrupt');
  });

  it('of a stream that fails later cut the connection, so that nobody takes a part for the whole', async test => {
    async function* broken() {
      yield 'first';
      await new Promise(resolve => setImmediate(resolve));
      throw new TypeError('broken');
    }
    const open = () => ({ status: 200, stream: Readable.from(broken()) });
    const { get, logged } = await served(test, { open });
    const answer = await get('/l/x');
    await assert.rejects(answer.text(), { name: 'TypeError', message: 'terminated' });
    assert.deepEqual(
      logged.map(({ level }) => level),
      ['error'],
    );
  });
});

describe('bodies', () => {
  const readAll = async ({ body }: { body(): AsyncIterable<Buffer> }) => ({
    status: 202,
    json: (await text(Readable.from(body()))).length,
  });

  it('are given to the handler as they come', async test => {
    const { post } = await served(test, { accept: readAll });
    assert.equal(await (await post('x'.repeat(300_000))).json(), 300_000);
  });

  it('that end early because the client went away are seen, and nobody is answered', async test => {
    const failed = Promise.withResolvers<unknown>();
    const reading = Promise.withResolvers<void>();
    const accept = async ({ body }: { body(): AsyncIterable<Buffer> }) => {
      try {
        for await (const chunk of body()) if (chunk.length > 0) reading.resolve();
      } catch (error) {
        failed.resolve(error);
        throw error;
      }
      return { status: 202, json: 'whole' };
    };
    const { port, authorization, seen } = await served(test, { accept });
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST /v1/documents HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n`);
    socket.write('content-length: 100\r\n\r\npart');
    await reading.promise;
    socket.destroy();
    assert.ok((await failed.promise) instanceof Error);
    while (seen.length === 0) await new Promise(resolve => setImmediate(resolve));
    assert.equal(seen[0]?.status, 499);
  });

  it('can be refused in the middle, and the sender still reads why', async test => {
    const accept = async ({ body }: { body(): AsyncIterable<Buffer> }) => {
      for await (const chunk of body()) {
        if (chunk.length > 0) throw new ParityError('document_too_large', 'Too large.');
      }
      return { status: 202, json: 'whole' };
    };
    const { port, authorization } = await served(test, { accept });
    const upload = httpRequest({ port, method: 'POST', path: '/v1/documents', headers: { authorization } });
    upload.on('error', () => {});
    upload.write(Buffer.alloc(1024));
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 413);
    assert.match(await text(answer), /document_too_large/);
    // Nobody reads the rest for ever: the connection ends soon after.
    await once(upload, 'close');
  });

  it('are not asked for before access is granted (Expect: 100-continue)', async test => {
    const { port, authorization } = await served(test, { accept: readAll });
    const headOf = (header: string) =>
      `POST /v1/documents HTTP/1.1\r\nhost: x\r\n${header}expect: 100-continue\r\ncontent-length: 2\r\n\r\n`;
    const refused = connection(port);
    refused.write(headOf(''));
    const refusal = await refused.read(/\r\n\r\n.*}}/s);
    assert.match(refusal, /^HTTP\/1\.1 401 /);
    assert.match(refusal, /connection: close/i);

    const granted = connection(port);
    granted.write(headOf(`authorization: ${authorization}\r\n`));
    assert.match(await granted.read(/\r\n\r\n/), /^HTTP\/1\.1 100 Continue/);
    granted.write('ok');
    assert.match(await granted.read(/\r\n\r\n2/), /HTTP\/1\.1 202 /);
    granted.end();
  });
});
