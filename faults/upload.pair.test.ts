import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { bucketOf } from '../domain/claims.ts';
import { decide } from '../domain/routing.ts';
import { openGatewayWorld, type GatewayWorld } from '../local/gateway/gateway-world.ts';
import { systemClock } from '../services/kit/ports.ts';
import { tokenUsers, type TokenUser } from './user-tokens.ts';

const megabyte = 1_000_000;
const size = 50 * megabyte;
const perSecond = 10 * megabyte;

describe('an upload of 50 MB in flight', { timeout: 120_000 }, () => {
  it('ends where it began when its user is shifted, and new requests go to the other side', async test => {
    const world = await openGatewayWorld(test);
    const [user] = await usersWhoMove(world);
    const upload = startUpload(world.urls.odd, user);
    await upload.sent(10 * megabyte);
    await world.route({ threshold: 1000 });
    assert.equal(await servedTo(world.urls.odd, user), 'even/2');
    await world.route({ candidate: undefined, threshold: 0 });
    assert.equal(await servedTo(world.urls.odd, user), 'odd/1');
    const answer = await upload.answer;
    assert.deepEqual([answer.status, answer.servedBy, answer.bytes], [202, 'odd/1', size]);
  });

  it('ends before its gateway does when that is drained, if it needs 10 s at most, and new requests go to the peer', async test => {
    const world = await openGatewayWorld(test);
    const [user] = await usersWhoMove(world);
    const upload = startUpload(world.urls.odd, user);
    await upload.sent(10 * megabyte);
    await world.route({ threshold: 1000 });
    const stopped = world.gateways.odd.workload.stop();
    assert.equal(await servedTo(world.urls.even, user), 'even/2');
    const answer = await upload.answer;
    assert.deepEqual([answer.status, answer.servedBy, answer.bytes], [202, 'odd/1', size]);
    await stopped;
  });

  it('ends before the gateway that serves it is stopped, though it came in by the peer’s', async test => {
    const world = await openGatewayWorld(test, { runs: { odd: ['1', '2'], even: ['1'] } });
    const [user] = await usersWhoMove(world);
    await world.route({ threshold: 1000 });
    const upload = startUpload(world.urls.even, user);
    await upload.sent(10 * megabyte);
    const stopped = world.gateways.odd.workload.stop();
    const answer = await upload.answer;
    assert.deepEqual([answer.status, answer.servedBy, answer.bytes], [202, 'odd/2', size]);
    await stopped;
    assert.equal(await servedTo(world.urls.even, user), 'even/1');
  });
});

/** Users who are on the live release now, and on the candidate when everybody is. */
async function usersWhoMove(world: GatewayWorld): Promise<[TokenUser]> {
  const [user] = await tokenUsers(world.signing, { count: 1 });
  assert.ok(user);
  assert.equal(decide(world.routing(), { bucket: bucketOf(user.user), cohorts: ' ' }), '1');
  return [user];
}

interface Answered {
  readonly status: number | undefined;
  readonly servedBy: string | undefined;
  readonly bytes: number;
}

function startUpload(url: string, { authorization }: TokenUser) {
  const headers = { authorization, 'content-length': String(size), 'content-type': 'application/pdf' };
  const upload = request(`${url}/v1/documents`, { method: 'POST', headers, agent: false });
  const chunk = Buffer.alloc(megabyte / 10, 'u');
  let sentBytes = 0;
  const sending = (async () => {
    const began = performance.now();
    while (sentBytes < size) {
      if (!upload.write(chunk)) await once(upload, 'drain');
      sentBytes += chunk.length;
      const dueMs = (sentBytes / perSecond) * 1000;
      await systemClock.delay(Math.max(0, began + dueMs - performance.now()));
    }
    upload.end();
  })();
  const answer = (async (): Promise<Answered> => {
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    await sending;
    const { bytes } = JSON.parse(await text(response)) as { bytes: number };
    const servedBy = response.headers['x-parity-served-by'];
    return { status: response.statusCode, servedBy: String(servedBy), bytes };
  })();
  const sent = async (bytes: number) => {
    while (sentBytes < bytes) await systemClock.delay(20);
  };
  return { answer, sent };
}

async function servedTo(url: string, { authorization }: TokenUser): Promise<string | null> {
  const answer = await fetch(`${url}/v1/documents`, { headers: { authorization } });
  await answer.body?.cancel();
  return answer.headers.get('x-parity-served-by');
}
