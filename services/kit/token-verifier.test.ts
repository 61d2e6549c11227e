import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { accessToken } from './access-token.ts';
import { silentLog } from './logger.ts';
import { manualClock } from './manual-clock.ts';
import { testFolder } from './test-folder.ts';
import { testIssuer, type TestToken } from './test-issuer.ts';
import { createTokenVerifier } from './token-verifier.ts';

async function world(test: TestContext) {
  const issuer = await testIssuer(await testFolder(test));
  const clock = manualClock();
  const verifier = await createTokenVerifier({ ...issuer, clock, log: silentLog });
  const sign = (token?: TestToken) => issuer.sign({ nowMs: clock.now(), ...token });
  const verify = async (token?: TestToken) => verifier.verify(`Bearer ${await sign(token)}`);
  return { issuer, clock, verifier, sign, verify };
}

const notAccepted = 'The access token is not accepted, or not any more: sign in again and repeat.';

async function refused(verified: Promise<unknown>, message = notAccepted) {
  await assert.rejects(verified, error => {
    assert.ok(isParityError(error, 'unauthenticated'));
    assert.equal(error.message, message);
    return true;
  });
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('createTokenVerifier', () => {
  it('gives the claims of a good token', async test => {
    const { verify } = await world(test);
    const token = { user: 'u-1', roles: ['driver', 'admin'], cohorts: ['beta'] } as const;
    assert.deepEqual(await verify(token), {
      sub: 'u-1',
      roles: ['driver', 'admin'],
      bucket: '253',
      cohorts: ' beta ',
    });
  });

  it('asks for a token when there is none', async test => {
    const { verifier } = await world(test);
    const message = 'There is no access token: sign in, and send it as `Authorization: Bearer <token>`.';
    await refused(verifier.verify(undefined), message);
  });

  it('refuses what is no bearer token', async test => {
    const { verifier, sign } = await world(test);
    const token = await sign();
    for (const header of ['', 'Bearer', 'Basic YTpi', `Bearer ${token} x`, `Bearer ${token}.x`, token]) {
      await refused(verifier.verify(header));
    }
    await refused(verifier.verify(`Bearer ${'a'.repeat(9_000)}.b.c`));
  });

  it('reads the schemes that gateways read, spelt as they do, and no others', async test => {
    const { verifier, sign } = await world(test);
    const token = await sign();
    for (const scheme of accessToken.schemes) await verifier.verify(`${scheme} ${token}`);
    for (const scheme of ['BEARER', 'bEARER']) await refused(verifier.verify(`${scheme} ${token}`));
  });

  it('refuses an unsigned token (alg none)', async test => {
    const { verifier, sign } = await world(test);
    const [, payload] = (await sign()).split('.');
    for (const alg of ['none', 'None', 'NONE']) {
      const header = encode({ alg, typ: 'at+jwt', kid: 'test-1' });
      await refused(verifier.verify(`Bearer ${header}.${payload}.`));
      await refused(verifier.verify(`Bearer ${header}.${payload}.AA`));
    }
  });

  it('refuses a token signed by HMAC with the public key as its secret', async test => {
    const { issuer, verifier, sign } = await world(test);
    const [, payload] = (await sign()).split('.');
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'test-1' })}.${payload}`;
    const secret = await readFile(issuer.keysFile);
    const mac = createHmac('sha256', secret).update(signed).digest('base64url');
    await refused(verifier.verify(`Bearer ${signed}.${mac}`));
  });

  it('takes a kid as a name and nothing else', async test => {
    const { verify } = await world(test);
    for (const kid of ['../../../dev/null', '/etc/passwd', "' OR 1=1", '__proto__', '']) {
      await refused(verify({ header: { kid } }));
    }
  });

  it('refuses another type of token, such as an ID token', async test => {
    const { verify } = await world(test);
    await refused(verify({ header: { typ: 'JWT' } }));
  });

  it('refuses another issuer, another audience, and another issuer with the same kid', async test => {
    const { verifier, verify, clock } = await world(test);
    await refused(verify({ payload: { iss: 'somebody' } }));
    await refused(verify({ payload: { aud: 'something' } }));
    const foreign = await testIssuer(await testFolder(test));
    await refused(verifier.verify(await foreign.bearer({ nowMs: clock.now() })));
  });

  it('refuses a token whose claims were altered', async test => {
    const { verifier, sign } = await world(test);
    const [header, , signature] = (await sign()).split('.');
    const [, admin] = (await sign({ roles: ['admin'] })).split('.');
    await refused(verifier.verify(`Bearer ${header}.${admin}.${signature}`));
  });

  it('refuses a token without what Parity needs to know, or with nonsense in it', async test => {
    const { verify } = await world(test);
    const payloads = [
      { bucket: undefined },
      { bucket: '42' },
      { bucket: 42 },
      { roles: undefined },
      { roles: [] },
      { roles: ['root'] },
      { cohorts: undefined },
      { cohorts: 'beta' },
      { sub: undefined },
      { sub: '' },
      { exp: undefined },
    ];
    for (const payload of payloads) await refused(verify({ payload }));
  });

  it('allows clocks to differ by 60 s, and no more', async test => {
    const { verify } = await world(test);
    assert.equal((await verify({ lifeS: -59 })).sub, 'driver-1');
    await refused(verify({ lifeS: -60 }));
    assert.equal((await verify({ payload: { nbf: nowS() + 60 } })).sub, 'driver-1');
    await refused(verify({ payload: { nbf: nowS() + 61 } }));
  });

  it('refuses a token that it knows once it has expired', async test => {
    const { clock, verifier, sign } = await world(test);
    const header = `Bearer ${await sign({ lifeS: 10 })}`;
    assert.equal((await verifier.verify(header)).sub, 'driver-1');
    clock.advance(69_999);
    assert.equal((await verifier.verify(header)).sub, 'driver-1');
    clock.advance(1);
    await refused(verifier.verify(header));
  });

  it('refuses a token that it knows once its key is gone', async test => {
    const { issuer, clock, verifier, sign } = await world(test);
    const header = `Bearer ${await sign()}`;
    await verifier.verify(header);
    const other = await testIssuer(await testFolder(test), 'test-2');
    await writeFile(issuer.keysFile, await readFile(other.keysFile));
    clock.advance(1_000);
    await eventually(async () => refused(verifier.verify(header)));
  });

  it('takes the first token by a new key, though nobody has looked at the file since', async test => {
    const { issuer, clock, verifier, sign } = await world(test);
    await verifier.verify(`Bearer ${await sign()}`);
    const other = await testIssuer(await testFolder(test), 'test-2');
    await writeFile(issuer.keysFile, await readFile(other.keysFile));
    clock.advance(1_000);
    assert.equal((await verifier.verify(await other.bearer({ nowMs: clock.now() }))).sub, 'driver-1');
  });

  it('does not take a key set that could sign or be guessed from', async test => {
    const { issuer, clock } = await world(test);
    const { keys } = JSON.parse(await readFile(issuer.keysFile, 'utf8')) as { keys: object[] };
    const bad = [[], [...keys, ...keys], [{ ...keys[0], d: 'AA' }], [{ kty: 'oct', kid: 'a', k: 'AA' }]];
    for (const set of bad) {
      await writeFile(issuer.keysFile, JSON.stringify({ keys: set }));
      await assert.rejects(createTokenVerifier({ ...issuer, clock, log: silentLog }), error => {
        assert.ok(isParityError(error, 'invalid_configuration'));
        assert.equal(
          error.message,
          `The key file ${issuer.keysFile} does not hold the keys that belong there: put back one that does.`,
        );
        return true;
      });
    }
  });
});

function nowS(): number {
  return manualClock().now() / 1000;
}

/** The file is read behind the verifier's back. */
async function eventually(holds: () => Promise<void>): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}
