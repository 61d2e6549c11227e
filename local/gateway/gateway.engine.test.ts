import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bucketOf } from '../../domain/claims.ts';
import { decide } from '../../domain/routing.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { signAccessToken } from '../keys/sign-access-token.ts';
import { openGatewayWorld, type GatewayWorld } from './gateway-world.ts';

describe('startGateway', { timeout: 60_000 }, () => {
  it('has every user on the release that the record says, whichever gateway he asks', async test => {
    const world = await openGatewayWorld(test);
    const record = await world.route({ threshold: 500 });
    for (const user of Array.from({ length: 40 }, (_, index) => `user-${index}`)) {
      const expected = decide(record, { bucket: bucketOf(user), cohorts: ' ' });
      assert.equal(await releaseOf(world, 'odd', user), expected, user);
      assert.equal(await releaseOf(world, 'even', user), expected, user);
    }
  });
});

async function releaseOf(world: GatewayWorld, at: 'odd' | 'even', user: string): Promise<string | undefined> {
  const token = await signAccessToken(
    { user, roles: ['driver'], cohorts: [] },
    { key: world.signing, clock: systemClock },
  );
  const answer = await fetch(`${world.urls[at]}/v1/documents`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.body?.cancel();
  return answer.headers.get('x-parity-served-by')?.split('/')[1];
}
