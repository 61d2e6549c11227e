import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { importPKCS8, SignJWT } from 'jose';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { createServiceAccount, publicAccount } from './service-account.ts';
import { startFcmStandIn } from './stand-in.ts';
import type { FcmStandIn } from './stand-in.ts';
import { messagingScope } from './token-endpoint.ts';

const projectId = 'parity-test';
const file = await createServiceAccount({ projectId, tokenUri: 'unused' });
const world = { account: publicAccount(file), clock: systemClock, random: systemRandom };
let folder: string;
let standIn: FcmStandIn;
let bearer: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parity-stand-in-'));
  standIn = await startFcmStandIn({ port: 0, folder, ...world });
  bearer = await fetchToken();
});
after(async () => {
  await standIn.close();
  await rm(folder, { recursive: true });
});

async function fetchToken(): Promise<string> {
  const assertion = await new SignJWT({ scope: messagingScope })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(file.client_email)
    .setAudience(`${standIn.url}/token`)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importPKCS8(file.private_key, 'RS256'));
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const response = await fetch(`${standIn.url}/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

interface Post {
  readonly body?: string;
  readonly path?: string;
  readonly token?: string;
  readonly type?: string;
}

/** One POST to the API over a connection of its own: status, headers and the parsed body. */
async function post(given: Post = {}) {
  const { path = `/v1/projects/${projectId}/messages:send`, body = '{}' } = given;
  const session = connect(standIn.url);
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    authorization: `Bearer ${given.token ?? bearer}`,
    'content-type': given.type ?? 'application/json',
  });
  stream.end(body);
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  const answer: unknown = JSON.parse(await text(stream));
  session.close();
  return { status: headers[':status'], headers, body: answer };
}

const send = (token: string, document = 'paper') =>
  post({
    body: JSON.stringify({
      message: {
        token,
        notification: { title: 'Hello' },
        data: { document, version: '1', link: 'http://x/l/1' },
      },
    }),
  });

const readPhone = async (token: string) => {
  const { phones } = (await (await fetch(`${standIn.url}/phones`)).json()) as { phones: { token: string }[] };
  return phones.find(phone => phone.token === token);
};

const fcmError = (errorCode: string) => ({
  '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError',
  errorCode,
});

describe('startFcmStandIn, as the API', () => {
  it('takes a message, names it and shows it', async () => {
    const { status, body } = await send('anna');
    assert.equal(status, 200);
    assert.match((body as { name: string }).name, /^projects\/parity-test\/messages\/.+$/);
    assert.partialDeepStrictEqual(await readPhone('anna'), {
      receivedCount: 1,
      shown: [{ title: 'Hello', document: 'paper', version: '1', link: 'http://x/l/1' }],
    });
  });

  it('refuses a token that it did not give', async () => {
    const { status, body } = await post({ token: 'stolen' });
    assert.equal(status, 401);
    assert.partialDeepStrictEqual(body, { error: { code: 401, status: 'UNAUTHENTICATED' } });
  });

  it('refuses another project, another path, another type', async () => {
    assert.equal((await post({ path: '/v1/projects/other/messages:send' })).status, 403);
    assert.equal((await post({ path: '/v1/messages:send' })).status, 404);
    const { body } = await post({ type: 'text/plain' });
    assert.partialDeepStrictEqual(body, { error: { message: 'Content-Type must be application/json.' } });
  });

  it("explains an invalid message in Google's words", async () => {
    const { status, body } = await post({ body: '{ "message": { "token": "a", "titel": "x" } }' });
    const description = `Invalid JSON payload received. Unknown name "titel" at 'message': Cannot find field.`;
    assert.equal(status, 400);
    assert.deepEqual(body, {
      error: {
        code: 400,
        message: description,
        status: 'INVALID_ARGUMENT',
        details: [
          fcmError('INVALID_ARGUMENT'),
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'message', description }],
          },
        ],
      },
    });
  });

  it('reads no more than 64 KiB', async () => {
    const { status, body } = await post({ body: ' '.repeat(70_000) });
    assert.equal(status, 413);
    assert.partialDeepStrictEqual(body, { error: { message: 'Request payload size exceeds the limit.' } });
  });

  it('only checks a message that says validate_only', async () => {
    const body = JSON.stringify({ validate_only: true, message: { token: 'checked' } });
    assert.equal((await post({ body })).status, 200);
    assert.equal(await readPhone('checked'), undefined);
  });

  it('fails on demand as often as the name says, then delivers', async () => {
    const first = await send('unavailable-2x-anna');
    assert.equal(first.status, 503);
    assert.equal(first.headers['retry-after'], '2');
    assert.partialDeepStrictEqual(first.body, { error: { details: [fcmError('UNAVAILABLE')] } });
    assert.equal((await send('unavailable-2x-anna')).status, 503);
    assert.equal((await send('unavailable-2x-anna')).status, 200);
  });
});

describe('startFcmStandIn, as the page', () => {
  it('serves a page that may run its own script and no other', async () => {
    const response = await fetch(standIn.url);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self';/,
    );
    assert.doesNotMatch(await response.text(), /(?:src|href)="https?:|\sstyle="|\son[a-z]+="/);
  });

  it('streams the phones that are there, then those that change', async () => {
    await send('streamed', 'first');
    const leave = new AbortController();
    const { body } = await fetch(`${standIn.url}/events`, { signal: leave.signal });
    assert.ok(body);
    let seen = '';
    let sentMore = false;
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      if (seen.includes('"document":"second"')) break;
      if (!sentMore && seen.includes('"document":"first"')) {
        sentMore = true;
        await send('streamed', 'second');
      }
    }
    leave.abort();
    assert.match(seen, /^retry: 1000\n\nevent: phone\ndata: \{/);
  });

  it('lets a driver swipe a push away, for good', async () => {
    await send('swiped');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token: 'swiped', key: 'paper/1' });
    const response = await fetch(`${standIn.url}/dismiss`, { method: 'POST', headers, body });
    assert.equal(response.status, 200);
    await send('swiped');
    assert.partialDeepStrictEqual(await readPhone('swiped'), {
      receivedCount: 2,
      shownCount: 1,
      shown: [{ state: 'dismissed' }],
    });
  });

  it('refuses a swipe that a form elsewhere could send', async () => {
    const response = await fetch(`${standIn.url}/dismiss`, {
      method: 'POST',
      body: '{"token":"a","key":"b"}',
    });
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), { error: 'Send JSON: { "token", "key" }.' });
  });

  it('says that the API wants HTTP/2', async () => {
    const response = await fetch(`${standIn.url}/v1/projects/${projectId}/messages:send`, { method: 'POST' });
    assert.equal(response.status, 426);
    assert.deepEqual(await response.json(), {
      error: 'The API speaks HTTP/2 here: curl --http2-prior-knowledge …',
    });
  });

  it('tells the protocol also when the first byte comes alone', async () => {
    const socket = connectTcp(standIn.port, '127.0.0.1').setNoDelay();
    socket.write('G', () => socket.end('ET /phones HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'));
    assert.match(await text(socket), /^HTTP\/1\.1 200 OK/);
  });
});

describe('startFcmStandIn', () => {
  it('shows after a restart what it showed before, and asks for a new token', async () => {
    await send('kept');
    const { port } = standIn;
    await standIn.close();
    standIn = await startFcmStandIn({ port, folder, ...world });
    assert.partialDeepStrictEqual(await readPhone('kept'), { receivedCount: 1, shownCount: 1 });
    assert.equal((await send('kept')).status, 401);
    bearer = await fetchToken();
    await send('kept');
    assert.partialDeepStrictEqual(await readPhone('kept'), { receivedCount: 2, shownCount: 1 });
  });

  it('fails on a port that is taken', async () => {
    const second = { port: standIn.port, folder: join(folder, 'second'), ...world };
    await assert.rejects(startFcmStandIn(second), { code: 'EADDRINUSE' });
  });
});
