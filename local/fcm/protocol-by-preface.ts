import type { Server as Http1Server } from 'node:http';
import type { Http2Server } from 'node:http2';
import type { Socket } from 'node:net';

/** The first bytes of an HTTP/2 connection with prior knowledge, `PRI * HTTP/2.0` (RFC 9113 §3.4). */
const preface = 'PRI';

/** The two servers between which a connection is decided. */
export interface ProtocolServers {
  readonly http1: Http1Server;
  readonly http2: Http2Server;
}

/**
 * Hands a new connection to the server that speaks its protocol, told by the first three bytes: no HTTP/1.1 method
 * begins with PRI. So that a browser (HTTP/1.1) and a sender (HTTP/2) share one port without TLS and its ALPN.
 */
export function handOver(socket: Socket, servers: ProtocolServers): void {
  let head = Buffer.alloc(0);
  const ignore = () => {}; // A peer that leaves before it has said which protocol it speaks harms nobody.
  const look = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    if (head.length < preface.length) return;
    socket.off('readable', look);
    socket.off('error', ignore);
    socket.unshift(head);
    const isHttp2 = head.toString('latin1', 0, preface.length) === preface;
    (isHttp2 ? servers.http2 : servers.http1).emit('connection', socket);
  };
  socket.on('error', ignore);
  socket.on('readable', look);
}
