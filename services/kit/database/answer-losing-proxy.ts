import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Test only: stands between a driver and its server, and loses answers. */
export interface AnswerLosingProxy {
  /** The server's URL by way of this proxy. */
  readonly url: string;
  /** Passes the nth write command from now on to the server, and cuts the connection instead of passing its answer. */
  loseAnswerOf(nth: number): void;
  close(): Promise<void>;
}

/** The write commands of our data layer as they stand in a message: type string, name, NUL. */
const writeCommands = ['insert', 'findAndModify', 'delete'].map(name => Buffer.from(`\u0002${name}\u0000`));

/** Listens on `port` (0: any free one) of the loopback interface. */
export async function startAnswerLosingProxy(serverUrl: string, port = 0): Promise<AnswerLosingProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let countdown = 0;
  const server = createServer(near => {
    const far = connect(Number(target.port), target.hostname);
    let isLosing = false;
    near.on('data', chunk => {
      const isWrite = writeCommands.some(name => chunk.includes(name));
      if (isWrite && countdown > 0 && --countdown === 0) isLosing = true;
      far.write(chunk);
    });
    far.on('data', chunk => (isLosing ? near.destroy() : near.write(chunk)));
    tie(near, far, sockets);
    tie(far, near, sockets);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  url.searchParams.set('directConnection', 'true');
  return {
    url: url.href,
    loseAnswerOf: nth => {
      countdown = nth;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function tie(socket: Socket, other: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => {
    sockets.delete(socket);
    other.destroy();
  });
}
