import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generateKeyPair } from 'jose';
import { accessToken } from '../../services/kit/access-token.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { signAccessToken } from '../keys/sign-access-token.ts';
import { ask, tokenFor } from './ask-gateway.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

describe('a gateway’s limit per address', { timeout: 120_000 }, () => {
  const world = sharedGatewayWorld({ limits: { perAddress: { perSecond: 1, burst: 5 } } });
  const foreign = generateKeyPair(accessToken.algorithm);
  const falselySigned = async () => {
    const { privateKey: key } = await foreign;
    const holder = { user: 'mallory', roles: ['driver'], cohorts: [] } as const;
    return await signAccessToken(holder, { key: { ...world().signing, key }, clock: systemClock });
  };
  const tokens: Readonly<Record<string, (nth: number) => Promise<string | undefined>>> = {
    'without a token': async () => undefined,
    'with tokens that are nonsense': async nth => `eyJhbGciOiJSUzI1NiJ9.${nth}.c2lnbmVk`,
    'with tokens of a false signature': falselySigned,
    'with good tokens of many users': nth => tokenFor(world(), { user: `user-${nth}` }),
  };
  for (const [which, make] of Object.entries(tokens)) {
    it(`holds for requests ${which}`, async () => {
      const all = await Promise.all(Array.from({ length: 40 }, (_, nth) => make(nth)));
      const answers = await Promise.all(
        all.map(token => ask(world().urls.odd, token === undefined ? {} : { token })),
      );
      const refused = answers.filter(({ status }) => status === 429);
      // A burst of 5, and what is filled up while a slow machine asks.
      assert.ok(refused.length >= 30, `${refused.length} of 40`);
      for (const { error } of refused) {
        assert.equal(error?.code, 'rate_limited');
        assert.match(error.message, /wait a second/);
      }
    });
  }

  it('is no limit for the health check that moves DNS', async () => {
    const path = '/healthz';
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(world().urls.odd, { path })));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  });
});
