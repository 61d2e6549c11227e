import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openGatewayWorld, type GatewayWorld } from '../local/gateway/gateway-world.ts';
import { rotation } from '../local/gateway/rotate.ts';
import { readTokenSigningKey } from '../local/keys/token-signing-key.ts';
import { systemClock, systemRandom } from '../services/kit/ports.ts';
import { machineLine } from './machine-line.ts';
import { percentile, startOpenLoad, type LoadRequest, type LoadSample } from './open-load.ts';
import { tokenUsers } from './user-tokens.ts';

const perSecond = 200;

describe('while keys are replaced under load', { timeout: 180_000 }, () => {
  it('no request fails on the way to the peer when certificates and their authority change', async test => {
    const world = await openGatewayWorld(test);
    await world.route({ threshold: 1000 });
    const rotate = rotation(world.paths.keys, world.gateways, minting);
    const requests = await readingEvery(world);
    const samples = await underLoad(requests, async () => {
      for (let count = 0; count < 8; count++) await rotate('certificates');
      await rotate('authority');
      await rotate('authority');
    });
    report(test, samples, 'eight renewals of both certificates and two changes of their authority');
    assertAllServed(samples);
    assert.deepEqual([...new Set(samples.map(({ servedBy }) => servedBy))], ['even/2']);
  });

  it('no request fails when the key changes that signs tokens, and each new token is believed', async test => {
    const world = await openGatewayWorld(test);
    const rotate = rotation(world.paths.keys, world.gateways, minting);
    const load = startOpenLoad({ perSecond, timeoutMs: 10_000, requests: await readingEvery(world) });
    for (let count = 0; count < 3; count++) {
      await rotate('signing-key');
      // Those who signed in before the change go on with the tokens that they have.
      const before = await readingEvery(world);
      load.change(before);
      await systemClock.delay(1_000);
    }
    const samples = await load.stop();
    report(test, samples, 'three changes of the signing key');
    assertAllServed(samples);
  });
});

const minting = { clock: systemClock, random: systemRandom };

async function underLoad(requests: readonly LoadRequest[], act: () => Promise<void>): Promise<LoadSample[]> {
  const load = startOpenLoad({ perSecond, timeoutMs: 10_000, requests });
  await systemClock.delay(1_000);
  await act();
  await systemClock.delay(1_000);
  return load.stop();
}

/** Users who sign in now, each asking at odd's gateway. */
async function readingEvery({ urls, paths }: GatewayWorld): Promise<LoadRequest[]> {
  const users = await tokenUsers(await readTokenSigningKey(paths.keys), { count: 50 });
  return users.map(({ user, authorization }) => ({
    who: user,
    url: `${urls.odd}/v1/documents`,
    method: 'GET',
    headers: { authorization },
  }));
}

/** The first answer counts: nobody had to repeat. */
function assertAllServed(samples: readonly LoadSample[]): void {
  assert.deepEqual(samples.filter(({ status, tries }) => status !== 200 || tries > 1).slice(0, 3), []);
}

function report(test: TestContext, samples: readonly LoadSample[], what: string): void {
  const ms = samples.map(sample => sample.ms);
  const [p50, p99, max] = [0.5, 0.99, 1].map(share => percentile(ms, share).toFixed(1));
  test.diagnostic(machineLine());
  test.diagnostic(`${what}: ${samples.length} requests, answered in p50 ${p50}, p99 ${p99}, max ${max} ms`);
}
