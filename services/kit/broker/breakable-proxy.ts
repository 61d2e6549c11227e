import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to a server on which a test can break things. Test only. */
export interface BreakableProxy {
  /** The server's URL with the proxy's host and port. */
  readonly url: string;
  /** Loses every connection and refuses new ones, as when the server was killed. */
  cut(): void;
  /** Lets nothing through any more, as when the server or the client is frozen. */
  freeze(): void;
  /** Ends `cut` and `freeze`. */
  mend(): void;
  /** Says something to every client in the server's name. */
  sayToClients(frame: Buffer): void;
  /** Changes what the server says. */
  rewriteAnswers(rewrite: (bytes: Buffer) => Buffer): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 in front of the server that `url` names. */
export async function openBreakableProxy(url: string): Promise<BreakableProxy> {
  const target = new URL(url);
  const pairs = new Set<SocketPair>();
  let state: 'open' | 'cut' | 'frozen' = 'open';
  let rewrite = (bytes: Buffer): Buffer => bytes;

  const listener = createServer(client => {
    if (state === 'cut') return void client.destroy();
    const pair = { client, server: connect(Number(target.port), target.hostname) };
    pairs.add(pair);
    client.on('close', () => pairs.delete(pair));
    forward(client, pair.server, bytes => bytes);
    forward(pair.server, client, bytes => rewrite(bytes));
    if (state === 'frozen') for (const socket of [client, pair.server]) socket.pause();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const change = (next: typeof state, act: (socket: Socket) => void): void => {
    state = next;
    for (const { client, server } of pairs) [client, server].forEach(act);
  };
  const own = new URL(url);
  own.port = String((listener.address() as AddressInfo).port);
  return {
    url: own.href,
    cut: () => change('cut', socket => socket.destroy()),
    freeze: () => change('frozen', socket => socket.pause()),
    mend: () => change('open', socket => socket.resume()),
    sayToClients: frame => {
      for (const { client } of pairs) client.write(frame);
    },
    rewriteAnswers: next => (rewrite = next),
    close: async () => {
      change('cut', socket => socket.destroy());
      listener.close();
      await once(listener, 'close');
    },
  };
}

interface SocketPair {
  readonly client: Socket;
  readonly server: Socket;
}

function forward(from: Socket, to: Socket, change: (bytes: Buffer) => Buffer): void {
  from.setNoDelay(true);
  from.on('data', bytes => to.write(change(bytes)));
  from.on('error', () => {});
  from.on('close', () => to.destroy());
}
