import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { probes, serviceNames, type ServiceName } from '../domain/catalogue.ts';
import { resources } from '../domain/resources.ts';
import { readinessPath } from '../domain/service-probes.ts';
import { aloneWorld, type AloneWorld } from './alone-world.ts';
import { callsAtOnce } from './kit/bounded-files.ts';

// Three processes of odd, each with the environment of its own contract and not one variable more. Together they do
// what one process of all services does.
describe('a service in a process of its own', { timeout: 120_000 }, () => {
  let world: AloneWorld;
  before(async () => {
    world = await aloneWorld(serviceNames);
  });
  after(() => world.close());

  it('is ready for itself, and for nothing else', async () => {
    for (const name of serviceNames) {
      for (const asked of serviceNames) {
        const { status } = await world.ask(name, readinessPath(asked));
        assert.equal(status, asked === name ? 200 : 503, `${name} asked for ${asked}`);
      }
    }
  });

  it('has no routes but its own', async () => {
    const owners: Readonly<Record<string, readonly ServiceName[]>> = {
      '/v1/documents': ['processor', 'storage'],
      '/v1/admin/parked': ['storage'],
      '/v1/devices/x': ['notification'],
    };
    for (const [path, own] of Object.entries(owners)) {
      for (const name of serviceNames) {
        const { status } = await world.ask(name, path);
        assert.equal(status !== 404, own.includes(name), `${name} answers ${path} with ${status}`);
      }
    }
  });

  it('is told no variable that only others need', () => {
    const told = (name: ServiceName) => Object.keys(world.environments[name]);
    assert.deepEqual(
      serviceNames.filter(name => told(name).includes('PARITY_MONGODB_URL')),
      ['storage', 'notification'],
    );
    assert.deepEqual(
      serviceNames.filter(name => told(name).includes('PARITY_SPOOL')),
      ['processor', 'storage'],
    );
  });

  it('does its part: a document is accepted by one, stored by the next, pushed by the third', async () => {
    const registered = await world.ask('notification', '/v1/devices/phone', {
      method: 'PUT',
      body: JSON.stringify({ kind: 'token', value: 'token-of-phone' }),
    });
    assert.equal(registered.status, 204);
    const photo = await readFile(join(import.meta.dirname, '..', 'samples', 'licence.jpg'));
    const accepted = await world.ask('processor', '/v1/documents', {
      method: 'POST',
      headers: { 'idempotency-key': 'alone', 'x-document-name': 'licence.jpg', 'content-type': 'image/jpeg' },
      body: photo,
    });
    assert.equal(accepted.status, 202);
    const { id } = (await accepted.json()) as { id: string };
    assert.equal(await world.untilNotified(id), 'notified');
    assert.deepEqual(await world.shownOn('token-of-phone'), [id]);
  });

  it('shows what it gave to a broker', async () => {
    const metrics = await (await world.ask('processor', probes.metrics)).text();
    assert.match(metrics, /^parity_messages_published_total\{broker="odd",.*\} 1$/m);
    assert.match(metrics, /^parity_messages_returned_total\{broker="odd",.*\} 0$/m);
  });

  it('has a thread for each call on files that may be under way, and those of Node besides', async () => {
    for (const name of serviceNames) assert.equal(await world.fileThreads(name), 2 * callsAtOnce + 4, name);
  });

  it('needs at rest no more memory than is kept free for it', async t => {
    for (const name of serviceNames) {
      const resident = await world.residentMiB(name);
      t.diagnostic(`${name}: ${resident} MiB resident`);
      assert.ok(resident <= resources[name].requests.memoryMiB, `${name}: ${resident} MiB`);
    }
  });
});
