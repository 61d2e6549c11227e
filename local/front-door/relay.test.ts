import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { memoryUsage } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { laptopRelay, relay } from './relay.ts';

async function listening(test: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('relay', () => {
  it('holds a few MiB, however much passes', async test => {
    const mib = 1024 * 1024;
    const target = await listening(
      test,
      createServer(socket => socket.resume()),
    );
    const door = await listening(
      test,
      createServer({ allowHalfOpen: true }, client => void relay(client, target, laptopRelay)),
    );
    const sender = connect(door, '127.0.0.1');
    const chunk = Buffer.alloc(mib / 4);
    let held = 0;
    for (let sent = 0; sent < 512 * mib; sent += chunk.length) {
      if (!sender.write(chunk)) await once(sender, 'drain');
      held = Math.max(held, memoryUsage().arrayBuffers);
    }
    sender.end();
    await once(sender, 'close');
    test.diagnostic(`${Math.round(held / mib)} MiB at the most`);
    assert.ok(held < 40 * mib, `${Math.round(held / mib)} MiB`);
  });
});
