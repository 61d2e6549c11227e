import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { systemClock, systemRandom } from '../ports.ts';
import { connectDatabase, type ConnectOptions } from './mongo-database.ts';

const unavailable = {
  code: 'database_unavailable',
  message: 'The database does not answer (read samples); try again later.',
  retryAfterS: 5,
};

function connect(options: Partial<ConnectOptions>) {
  return connectDatabase({ url: '', name: 'test', clock: systemClock, random: systemRandom, ...options });
}

/** The URL of a server that takes connections and says nothing. */
async function silentServer(t: TestContext): Promise<string> {
  const server = createServer(socket => void t.after(() => socket.destroy())).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('connectDatabase', () => {
  it('refuses a URL that is none, without repeating it', () => {
    const message = 'The database URL is not a MongoDB connection string.';
    assert.throws(() => connect({ url: 'postgres://user:secret@db/' }), {
      code: 'invalid_configuration',
      message,
    });
  });

  it('ends a call within its deadline while the server says nothing', async t => {
    const database = connect({ url: await silentServer(t), deadlineMs: 300 });
    const begun = performance.now();
    await assert.rejects(database.rows('samples').read('a'), unavailable);
    assert.ok(performance.now() - begun >= 299);
    await database.close();
  });

  it('ends what is under way, indexes too, when it is closed', async t => {
    const database = connect({ url: await silentServer(t), deadlineMs: 60_000 });
    const reading = assert.rejects(database.rows('samples').read('a'), unavailable);
    const indexing = assert.rejects(database.ensureIndexes('samples', [{ revision: 1 }]), {
      code: 'database_unavailable',
    });
    await database.close();
    await reading;
    await indexing;
    assert.equal(await database.health(), false);
  });
});
