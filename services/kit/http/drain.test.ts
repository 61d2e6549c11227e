import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { isParityError } from '../../../domain/errors.ts';
import { connection, served } from './test-server.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

/** A server whose `/l/:token` answers when the test lets it. */
async function slow(test: Parameters<typeof served>[0]) {
  const began = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const open = async () => {
    began.resolve();
    await finish.promise;
    return { status: 200, json: 'done' };
  };
  return { ...(await served(test, { open })), began: began.promise, finish: finish.resolve };
}

describe('drain', () => {
  it('closes idle connections and takes no new ones', async test => {
    const { server, port } = await served(test, {});
    const idle = connection(port);
    idle.write(get('/healthz'));
    await idle.read(/liveness$/);
    assert.equal(await server.drain(1_000), true);
    await idle.closed;
    const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });

  it('lets a request under way end, and says that the connection is over', async test => {
    const { server, port, began, finish } = await slow(test);
    const busy = connection(port);
    busy.write(get('/l/x'));
    await began;
    const drained = server.drain(5_000);
    finish();
    assert.match(await busy.read(/"done"$/), /connection: close/i);
    assert.equal(await drained, true);
    await busy.closed;
  });

  it('cuts what does not end in time', async test => {
    const { server, port, began, finish } = await slow(test);
    const busy = connection(port);
    busy.write(get('/l/x'));
    await began;
    assert.equal(await server.drain(10), false);
    await busy.closed;
    finish();
  });
});

describe('listen', () => {
  it('names a port that is taken', async test => {
    const { port } = await served(test, {});
    const other = await served(test, {});
    await other.server.drain(0);
    await assert.rejects(other.server.listen({ host: '127.0.0.1', port }), error => {
      assert.ok(isParityError(error, 'port_taken'));
      const message = `127.0.0.1:${port} is taken by another process: stop it, or set another PARITY_LISTEN.`;
      assert.equal(error.message, message);
      return true;
    });
  });
});
