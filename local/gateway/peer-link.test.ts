import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { openPeerLink } from './peer-link.ts';

/** A link to a listener that says back what it hears. */
async function aLink(test: TestContext) {
  const echo = createServer(socket => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  test.after(() => echo.close());
  const link = await openPeerLink((echo.address() as AddressInfo).port);
  test.after(() => link.close());
  return link;
}

async function heardOver(port: number, said: string): Promise<{ socket: Socket; heard: string }> {
  const socket = connect(port, '127.0.0.1');
  const failed = once(socket, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => {});
  socket.write(said);
  const [heard] = (await Promise.race([once(socket, 'data'), failed])) as [Buffer];
  return { socket, heard: heard.toString() };
}

describe('openPeerLink', () => {
  it('carries bytes both ways', async test => {
    const { port } = await aLink(test);
    const { socket, heard } = await heardOver(port, 'hello');
    assert.equal(heard, 'hello');
    socket.destroy();
  });

  it('resets what is open and what comes while it is cut, and lets through again what comes later', async test => {
    const link = await aLink(test);
    const { socket } = await heardOver(link.port, 'hello');
    const broken = once(socket, 'error');
    link.cut();
    assert.equal(((await broken)[0] as NodeJS.ErrnoException).code, 'ECONNRESET');
    await assert.rejects(heardOver(link.port, 'anybody?'), { code: 'ECONNRESET' });
    link.mend();
    const again = await heardOver(link.port, 'back');
    assert.equal(again.heard, 'back');
    again.socket.destroy();
  });
});
