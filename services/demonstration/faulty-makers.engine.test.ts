import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serviceNames } from '../../domain/catalogue.ts';
import { aloneWorld, type AloneWorld } from '../alone-world.ts';
import { systemClock } from '../kit/ports.ts';

const laptop = { PARITY_PUBLIC_URL: 'http://127.0.0.1:8080' };
const sample = join(import.meta.dirname, '..', '..', 'samples', 'licence.jpg');

async function upload(world: AloneWorld, key: string): Promise<string> {
  const accepted = await world.ask('processor', '/v1/documents', {
    method: 'POST',
    headers: { 'idempotency-key': key, 'content-type': 'image/jpeg' },
    body: await readFile(sample),
  });
  assert.equal(accepted.status, 202);
  return ((await accepted.json()) as { id: string }).id;
}

async function postJson(
  world: AloneWorld,
  service: 'storage' | 'notification',
  [path, body]: [string, unknown],
) {
  const answer = await world.ask(service, path, { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, Record<string, string>>;
}

describe('faultyMakers, in real processes', { timeout: 120_000 }, () => {
  it('push in vain and store wrong bytes, which the release itself serves as if they were right', async () => {
    const world = await aloneWorld(serviceNames, {
      ...laptop,
      PARITY_FAULT: 'push-errors=100%,wrong-bytes,latency=+30ms',
    });
    try {
      const registration = JSON.stringify({ kind: 'token', value: 'token-of-phone' });
      const began = systemClock.monotonic();
      await world.ask('notification', '/v1/devices/phone', { method: 'PUT', body: registration });
      assert.ok(systemClock.monotonic() - began >= 30);
      for (const key of ['first', 'second', 'third']) await world.untilNotified(await upload(world, key));
      const id = await upload(world, 'wrong');
      assert.equal(await world.untilNotified(id), 'notified');
      const pushes = await postJson(world, 'notification', ['/outcomes/pushes', { ids: [id] }]);
      assert.deepEqual(pushes['pushes'], { [id]: 'failed' });
      const documents = await postJson(world, 'storage', ['/outcomes/documents', { ids: [id] }]);
      assert.deepEqual(documents['documents'], { [id]: 'notified' });
      assert.deepEqual(await world.shownOn('token-of-phone'), []);
      const content = await world.ask('storage', `/v1/documents/${id}/content`);
      assert.deepEqual(Buffer.from(await content.arrayBuffer()), await readFile(sample));
    } finally {
      await world.close();
    }
  });

  it('end by themselves, with 1, while they have requests', async () => {
    const world = await aloneWorld(['processor'], { ...laptop, PARITY_FAULT: 'crash' });
    try {
      const gone = world.exitOf('processor');
      const asking = new AbortController();
      void gone.finally(() => asking.abort());
      while (!asking.signal.aborted) {
        await world.ask('processor', '/v1/documents', { method: 'POST' }).catch(() => {});
        await systemClock.delay(100, asking.signal).catch(() => {});
      }
      assert.equal(await gone, 1);
    } finally {
      await world.close();
    }
  });
});
