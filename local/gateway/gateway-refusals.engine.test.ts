import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { cohortsClaim } from '../../domain/claims.ts';
import { accessToken } from '../../services/kit/access-token.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import { ask, sendRaw, tokenFor, type Answered } from './ask-gateway.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

const MiB = 1024 * 1024;

/** All of a gateway's refusals have our form, whoever asks and whatever for. */
function assertRefused(answer: Answered, status: number, code: string, message: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.error?.code, code);
  assert.match(answer.error.message, message);
  assert.equal(answer.servedBy, 'odd/gateway');
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
}

describe('a gateway’s refusals', { timeout: 120_000, concurrency: true }, () => {
  const world = sharedGatewayWorld({
    limits: { bodyBytes: 2 * MiB, perUser: { perSecond: 10, burst: 20 } },
  });
  const odd = () => world().urls.odd;

  it('say that there is nothing at an address', async () => {
    for (const path of ['/nothing', '/metrics', '/readyz', '/v1/documents/']) {
      assertRefused(await ask(odd(), { path }), 404, 'not_found', /nothing at this address/);
    }
  });

  it('name the methods that are possible', async () => {
    const answer = await ask(odd(), { method: 'DELETE' });
    assertRefused(answer, 405, 'method_not_allowed', /Allow header/);
    assert.equal(answer.headers.allow, 'POST, GET, HEAD');
  });

  it('say that a body is too large, told beforehand or not', async () => {
    const body = Buffer.alloc(2 * MiB + 1);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await ask(odd(), { method: 'POST', body, headers });
      assertRefused(answer, 413, 'document_too_large', /larger than/);
    }
    const whole = await ask(odd(), { method: 'POST', body: body.subarray(1) });
    assert.equal(whole.status, 202);
  });

  it('hold each class of routes to its own size', async () => {
    const device = { method: 'PUT', path: '/v1/devices/phone' };
    assert.equal((await ask(odd(), { ...device, body: 'a'.repeat(8192) })).status, 200);
    const larger = await ask(odd(), { ...device, body: 'a'.repeat(8193) });
    assertRefused(larger, 413, 'document_too_large', /larger than/);
    const replay = { method: 'POST', path: '/v1/admin/parked/x/replay' };
    assert.equal((await ask(odd(), replay)).status, 202);
  });

  it('limit one user and leave the others alone', async () => {
    const [greedy, modest] = await Promise.all(['greedy', 'modest'].map(user => tokenFor(world(), { user })));
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(odd(), { token: greedy })));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 10 && refused.length <= 20, `${refused.length} of 40`);
    assertRefused(refused[0] as Answered, 429, 'rate_limited', /wait a second/);
    assert.equal(refused[0]?.headers['retry-after'], '1');
    assert.equal((await ask(odd(), { token: modest })).status, 200);
    assert.equal((await ask(odd())).status, 200);
  });

  it('say that headers are too large before a service does', async () => {
    for (const headers of [{ 'x-big': 'a'.repeat(14_500) }, { 'x-big': 'a'.repeat(70_000) }]) {
      assertRefused(await ask(odd(), { headers }), 431, 'headers_too_large', /leave out/);
    }
    assert.equal((await ask(odd(), { headers: { 'x-big': 'a'.repeat(13_000) } })).status, 200);
  });

  it('cut a client that never ends its headers', async () => {
    const began = performance.now();
    const answer = await sendRaw(odd(), 'GET /v1/documents HTTP/1.1\r\nhost: parity\r\n');
    assert.match(answer, /^HTTP\/1.1 408 /);
    assert.match(answer, /"code":"body_too_slow"/);
    assert.ok(performance.now() - began < 15_000);
  });

  const smuggled = {
    'two lengths': 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello',
    'a length and chunks': 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'chunks that are not the last coding': 'transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    'a coding that nobody knows': 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n',
    'a header with a space before its colon': 'transfer-encoding : chunked\r\n\r\n0\r\n\r\n',
    'chunks of no length': 'transfer-encoding: chunked\r\n\r\nzz\r\n\r\n',
    'an underscore, which may become a dash': 'x_parity_release: 2\r\ncontent-length: 0\r\n\r\n',
    'an upgrade': 'connection: upgrade\r\nupgrade: websocket\r\n\r\n',
  };
  for (const [what, rest] of Object.entries(smuggled)) {
    it(`leave nothing of a request with ${what} to a service`, async () => {
      const mark = `?${what.replaceAll(' ', '-')}`;
      const before = 'host: parity\r\nconnection: close\r\n';
      const answer = await sendRaw(odd(), `POST /v1/documents${mark} HTTP/1.1\r\n${before}${rest}`);
      assert.match(answer, /^HTTP\/1.1 400 /);
      assert.match(answer, /"code":"invalid_request"/);
      const ended = world()
        .stub('odd', '1')
        .seen.filter(({ url }) => url.endsWith(mark));
      assert.ok(ended.length === 0 || what === 'chunks of no length', 'only its head may have left');
    });
  }

  it('do not take a slash in disguise for part of a name', async () => {
    for (const path of ['/v1/documents/a%2Fcontent', '/v1/documents/a%5Ccontent']) {
      assertRefused(await ask(odd(), { path }), 400, 'invalid_request', /breaks HTTP/);
    }
  });

  it('come after a path was tidied up, and the service gets the tidy one', async () => {
    for (const path of ['//v1//documents', '/v1/admin/../documents', '/v1/admin/%2e%2e/documents']) {
      const answer = await ask(odd(), { path });
      assert.equal(answer.status, 200, path);
      assert.equal((JSON.parse(answer.text) as { url: string }).url, '/v1/documents');
    }
  });

  it('name the request by its own id, or by one that was made', async () => {
    const own = await ask(odd(), { path: '/nothing', headers: { 'x-correlation-id': 'my-request-1' } });
    assert.equal(own.headers['x-correlation-id'], 'my-request-1');
    const made = await ask(odd(), { path: '/nothing' });
    assert.match(String(made.headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
    const passed = await ask(odd(), { headers: { 'x-correlation-id': 'my-request-2' } });
    assert.equal(passed.headers['x-correlation-id'], 'my-request-2');
    assert.match(String((await ask(odd())).headers['x-correlation-id']), /^[0-9a-f-]{36}$/);
  });

  it('do not hold up whoever asks before he sends: the service answers that', async () => {
    const head = (more: string) =>
      `POST /v1/documents HTTP/1.1\r\nhost: parity\r\nconnection: close\r\nexpect: 100-continue\r\n${more}\r\n`;
    const taken = await sendRaw(odd(), `${head('content-length: 5\r\n')}hello`);
    assert.match(taken, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 202 /);
    const refused = await sendRaw(odd(), head('content-length: 5\r\nx-stub-status: 422\r\n'));
    assert.match(refused, /^HTTP\/1.1 422 /);
    const tooLarge = await sendRaw(odd(), head(`content-length: ${3 * MiB}\r\n`));
    assert.match(tooLarge, /^HTTP\/1.1 413 /);
  });

  describe('of tokens', () => {
    const beta = {
      sub: 'mallory',
      iss: defaultTokenIssuer,
      aud: accessToken.audience,
      exp: Math.floor(Date.now() / 1000) + 600,
      roles: ['driver'],
      bucket: '000',
      cohorts: cohortsClaim(['beta']),
    };
    const signed = (payload: JWTPayload, header: { kid?: string } = {}) => {
      const { key, kid } = world().signing;
      const protectedHeader = { alg: accessToken.algorithm, typ: accessToken.type, kid, ...header };
      return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key);
    };
    const forged: Record<string, () => Promise<string>> = {
      'for somebody else': () => signed({ ...beta, aud: 'others' }),
      'of a foreign issuer': () => signed({ ...beta, iss: 'https://elsewhere.example' }),
      expired: () => signed({ ...beta, exp: Math.floor(Date.now() / 1000) - 120 }),
      'without an end': async () => {
        const endless: JWTPayload = { ...beta };
        delete endless.exp;
        return signed(endless);
      },
      'of a key that nobody knows': () => signed(beta, { kid: 'unknown' }),
      'signed by somebody else': async () => {
        const { privateKey } = await generateKeyPair(accessToken.algorithm);
        const header = { alg: accessToken.algorithm, typ: accessToken.type, kid: world().signing.kid };
        return new SignJWT(beta).setProtectedHeader(header).sign(privateKey);
      },
      'signed by nobody (alg none)': async () => new UnsecuredJWT(beta).encode(),
      'signed with the public key as a secret (HS256)': async () => {
        const published = await readFile(world().paths.keys.tokenVerifying, 'utf8');
        const header = { alg: 'HS256', typ: accessToken.type, kid: world().signing.kid };
        return new SignJWT(beta).setProtectedHeader(header).sign(Buffer.from(published));
      },
      'that was changed': async () => `${await signed(beta)}A`,
      'that is none': async () => 'beta',
    };
    for (const [which, make] of Object.entries(forged)) {
      it(`refuse one ${which}`, async () => {
        const token = await make();
        for (const scheme of accessToken.schemes) {
          const answer = await ask(odd(), { headers: { authorization: `${scheme} ${token}` } });
          assertRefused(answer, 401, 'unauthenticated', /sign in again/);
          assert.equal(answer.headers['www-authenticate'], 'Bearer');
        }
      });
    }

    it('come of every scheme that services read; under another one nobody has a token', async () => {
      const token = await tokenFor(world(), { cohorts: ['beta'] });
      const servedBy = async (scheme: string) =>
        (await ask(odd(), { headers: { authorization: `${scheme} ${token}` } })).servedBy;
      for (const scheme of accessToken.schemes) assert.equal(await servedBy(scheme), 'even/2', scheme);
      for (const scheme of ['BEARER', 'bEARER', 'Basic'])
        assert.equal(await servedBy(scheme), 'odd/1', scheme);
    });

    it('do not take one from the address, where logs would have it', async () => {
      const token = await tokenFor(world(), { cohorts: ['beta'] });
      assert.equal((await ask(odd(), { path: `/v1/documents?access_token=${token}` })).servedBy, 'odd/1');
    });
  });

  it('leave no path and no token in any log', async () => {
    const token = await tokenFor(world(), { user: 'logged' });
    const path = '/l/secret-link-token';
    await ask(odd(), { path, token });
    await ask(odd(), { path, token, headers: { 'content-length': '9' }, body: 'too large' });
    const folder = world().paths.gateways.odd;
    let log = '';
    while ((log.match(/storage.open/g)?.length ?? 0) < 2)
      log = await readFile(join(folder, 'access.jsonl'), 'utf8');
    log += await readFile(join(folder, 'envoy.log'), 'utf8');
    for (const secret of [path, 'secret-link', token, token.split('.')[2] ?? '']) {
      assert.ok(!log.includes(secret), secret);
    }
    assert.ok(log.includes('"user":"logged"'));
  });
});
