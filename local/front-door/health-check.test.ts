import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { dnsFailover } from '../../domain/dns-failover.ts';
import { dnsLike, quick } from './front-door-mode.ts';
import { askOverHttp, believe, firstBelief, startHealthCheck, type HealthSettings } from './health-check.ts';

const after = (checks: readonly boolean[], threshold: number) =>
  checks.reduce((belief, passed) => believe(belief, passed, threshold), firstBelief);

describe('believe', () => {
  it('holds a new target for healthy until enough checks in a row failed', () => {
    assert.equal(after([false], 2).healthy, true);
    assert.equal(after([false, true, false], 2).healthy, true);
    assert.equal(after([false, false], 2).healthy, false);
  });

  it('needs as many passes in a row to come back', () => {
    assert.equal(after([false, false, true], 2).healthy, false);
    assert.equal(after([false, false, true, true], 2).healthy, true);
  });

  it('believes what the last checks agree on, whatever was before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean()),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        (before, last, threshold) => {
          assert.equal(after([...before, ...Array<boolean>(threshold).fill(last)], threshold).healthy, last);
        },
      ),
    );
  });
});

describe('startHealthCheck', () => {
  it('tells when the target falls ill and when it recovers', async context => {
    const target = await answering(context);
    const changes = changesOf(context, target.url);
    target.answer(503);
    assert.equal(await changes.next(), false);
    target.answer(200);
    assert.equal(await changes.next(), true);
  });

  it('counts a target that does not answer in time as failed', async context => {
    const target = await answering(context);
    const changes = changesOf(context, target.url);
    target.answer(undefined);
    assert.equal(await changes.next(), false);
  });
});

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve));

/** How long after its last good check a target that fails from then on is declared unhealthy, to the interval. */
async function noticedAfterMs(context: TestContext, settings: HealthSettings): Promise<number> {
  const clock = manualClock();
  let healthy = true;
  const check = startHealthCheck({
    look: async () => (clock.monotonic() === 0 ? 'healthy' : 'unhealthy'),
    settings,
    clock,
    onChange: now => (healthy = now),
  });
  context.after(() => check.close());
  await nextTurn();
  while (healthy) {
    clock.advance(settings.intervalMs);
    await nextTurn();
  }
  return clock.monotonic();
}

describe('what a mode takes to notice a dead cluster', () => {
  it('is half a second on a laptop, and with Route 53 as long as production is told', async context => {
    assert.equal(await noticedAfterMs(context, quick.health), 500);
    assert.equal(await noticedAfterMs(context, dnsLike.health), dnsFailover.noticedAfterS * 1_000);
  });
});

async function answering(context: TestContext) {
  let status: number | undefined = 200;
  const server = createServer((_request, response) => {
    if (status !== undefined) response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
  return { url, answer: (next: number | undefined) => (status = next) };
}

function changesOf(context: TestContext, url: string) {
  let told = Promise.withResolvers<boolean>();
  const check = startHealthCheck({
    look: stop => askOverHttp(url, 50, stop),
    settings: { intervalMs: 1, threshold: 2 },
    clock: systemClock,
    onChange: healthy => told.resolve(healthy),
  });
  context.after(() => check.close());
  return {
    next: async () => {
      const healthy = await told.promise;
      told = Promise.withResolvers<boolean>();
      return healthy;
    },
  };
}
