import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startLongUploads } from './long-upload.ts';

describe('startLongUploads', () => {
  it('counts a connection that breaks while it sends as a try without an answer', async test => {
    const server = createServer(socket => {
      // Read nothing, so that the sender waits for room, then break off.
      socket.pause();
      setTimeout(() => socket.resetAndDestroy(), 500);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sending = startLongUploads({ url, user: 'anna', authorization: 'Bearer token' }, 1, 100_000_000);
    await once(server, 'connection');
    await sending.stop();
    assert.deepEqual(
      sending.uploads.map(({ id, tries }) => [id, tries.map(({ status }) => status)]),
      [[undefined, [0]]],
    );
  });
});
