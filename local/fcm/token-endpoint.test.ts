import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importPKCS8, SignJWT } from 'jose';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { createServiceAccount, publicAccount } from './service-account.ts';
import { createTokenEndpoint, messagingScope } from './token-endpoint.ts';

const audience = 'http://127.0.0.1:8083/token';
const file = await createServiceAccount({ projectId: 'parity-test', tokenUri: audience });
const other = await createServiceAccount({ projectId: 'parity-test', tokenUri: audience });
const nowS = 1_700_000_000;
const time = { ms: 0 };
const clock = { ...systemClock, now: () => nowS * 1000, monotonic: () => time.ms };

const anEndpoint = () =>
  createTokenEndpoint({ account: publicAccount(file), audience, clock, random: systemRandom });

interface Assertion {
  readonly key?: string;
  readonly iss?: string;
  readonly aud?: string;
  readonly scope?: string;
  readonly iat?: number;
  readonly exp?: number;
}

async function aForm(given: Assertion = {}): Promise<string> {
  const { key = file.private_key, iss = file.client_email, aud = audience, iat = nowS } = given;
  const { scope = messagingScope, exp = iat + 3600 } = given;
  const assertion = await new SignJWT({ iss, aud, iat, exp, scope })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(await importPKCS8(key, 'RS256'));
  return toForm(assertion);
}

const toForm = (assertion: string) =>
  new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString();

const shortLived =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

describe('createTokenEndpoint', () => {
  it('gives a bearer token for an hour for a good assertion, and accepts it until then', async () => {
    const endpoint = anEndpoint();
    const { status, body } = await endpoint.exchange(await aForm());
    assert.equal(status, 200);
    const { access_token: token, ...rest } = body as { access_token: string };
    assert.deepEqual(rest, { expires_in: 3600, token_type: 'Bearer' });
    assert.equal(endpoint.accepts(`Bearer ${token}`), true);
    time.ms += 3_600_000;
    assert.equal(endpoint.accepts(`Bearer ${token}`), false);
  });

  it('accepts no token that it has not given', () => {
    for (const value of [undefined, '', 'Bearer', 'Bearer x', 'Basic eDp5']) {
      assert.equal(anEndpoint().accepts(value), false);
    }
  });

  const refusals: readonly [string, Assertion, string, string][] = [
    ['another key', { key: other.private_key }, 'invalid_grant', 'Invalid JWT Signature.'],
    ['another account', { iss: 'x@y' }, 'invalid_grant', 'Invalid grant: account not found'],
    [
      'another audience',
      { aud: 'https://oauth2.googleapis.com/token' },
      'invalid_grant',
      'Invalid JWT: Failed audience check.',
    ],
    [
      'another scope',
      { scope: 'openid' },
      'invalid_scope',
      'Invalid OAuth scope or ID token audience provided.',
    ],
    ['more than an hour', { exp: nowS + 3601 }, 'invalid_grant', shortLived],
    ['an issue time to come', { iat: nowS + 301 }, 'invalid_grant', shortLived],
    [
      'an end that is past',
      { iat: nowS - 7200 },
      'invalid_grant',
      'Invalid JWT: Token has expired. Check your exp value.',
    ],
  ];
  for (const [what, assertion, error, description] of refusals) {
    it(`refuses an assertion with ${what}`, async () => {
      const answer = await anEndpoint().exchange(await aForm(assertion));
      assert.deepEqual(answer, { status: 400, body: { error, error_description: description } });
    });
  }

  it('refuses an unsigned assertion and one signed with the public key as a secret', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const alg of ['none', 'HS256']) {
      const { body } = await anEndpoint().exchange(toForm(`${encode({ alg })}.${encode({})}.`));
      assert.partialDeepStrictEqual(body, { error: 'invalid_grant' });
    }
  });

  it('refuses other grants and a missing assertion', async () => {
    assert.deepEqual((await anEndpoint().exchange('grant_type=password')).body, {
      error: 'unsupported_grant_type',
      error_description: 'Invalid grant_type: password',
    });
    assert.deepEqual((await anEndpoint().exchange(toForm(''))).body, {
      error: 'invalid_request',
      error_description: 'Missing required parameter: assertion',
    });
  });
});
