import { connect, type Socket } from 'node:net';
import { bytesPassed } from '../../services/kit/passed-bytes.ts';

/** How long connections may take and idle. */
export interface RelaySettings {
  /** How long a target may take to accept a connection. */
  readonly connectTimeoutMs: number;
  /** How long a connection may be silent both ways; an NLB's default is 350 s. */
  readonly idleTimeoutMs: number;
}

/** The laptop's settings. */
export const laptopRelay: RelaySettings = { connectTimeoutMs: 2_000, idleTimeoutMs: 350_000 };

/** A client's connection joined to a target's. */
export interface Relay {
  /** Resolves when both connections are gone. */
  readonly closed: Promise<void>;
  /** Resets both connections at once, so that the client knows it must repeat. */
  cut(): void;
}

/**
 * Joins `client` to the target's port, bytes both ways with back-pressure; each direction ends by itself. When either
 * connection breaks, cannot be made or is silent too long, both are reset: half an answer must not look like a whole
 * one.
 */
export function relay(client: Socket, port: number, settings: RelaySettings): Relay {
  const target = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  const cut = () => {
    for (const socket of [client, target]) reset(socket);
  };
  target.setTimeout(settings.connectTimeoutMs, cut);
  target.once('connect', () => {
    // The client's timer is enough: a byte either way passes through it.
    target.setTimeout(0);
    client.setTimeout(settings.idleTimeoutMs, cut);
  });
  for (const socket of [client, target]) {
    socket.on('error', cut);
    socket.on('data', (bytes: Buffer) => bytesPassed(bytes.length));
  }
  client.pipe(target);
  target.pipe(client);
  return { closed: Promise.all([closing(client), closing(target)]).then(() => {}), cut };
}

/**
 * Node delays the reset of a connecting socket until it is connected, which may be never, and the system refuses to
 * reset one whose sending side has ended (libuv's uv_tcp_close_reset), which then stays open for ever.
 */
function reset(socket: Socket): void {
  if (socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function closing(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.closed) resolve();
  socket.once('close', () => resolve());
  return promise;
}
