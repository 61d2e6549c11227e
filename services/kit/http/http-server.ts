import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { ParityError } from '../../../domain/errors.ts';
import { overdue, withinDeadline } from '../deadline.ts';
import { fileErrorCode } from '../file-system.ts';
import { edge, type Edge, type RequestState } from './edge.ts';
import { routes, type Routed } from './routes.ts';

/** What a server needs. */
export type HttpServerParts = Edge & Routed;

/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** The services' HTTP server. */
export interface HttpServer {
  /** Resolves with the port in use. @throws ParityError `port_taken`. */
  listen(address: Address): Promise<number>;
  /**
   * Stops accepting, tells clients to go elsewhere (`connection: close`), waits for the requests under way, and cuts
   * what is left after `withinMs`. True when nothing had to be cut.
   */
  drain(withinMs: number): Promise<boolean>;
}

/** Limits of the listener; what a body may take is the business of whoever reads it. */
const limits = {
  /** A request's head must be there by then (slowloris); looked at every `connectionsCheckingInterval`. */
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  /** None, for an upload may take hours; a body's minimum rate bounds it instead (failures.md 7). */
  requestTimeout: 0,
  /** Longer than the idle timeout of proxies before us (Kong's and ALB's: 60 s), so that they close first. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
  noDelay: true,
} as const;

/** A connection on which nothing moves this long is cut, such as a download whose reader stopped reading. */
const silenceMs = 120_000;

/** Makes the server; nothing listens yet. */
export function httpServer(parts: HttpServerParts): HttpServer {
  const app = new Koa<RequestState>();
  app.on('error', (error: unknown) => parts.log.debug({ error }, 'A connection failed.'));
  app.use(edge({ ...parts, server: () => server }));
  app.use(routes(parts));
  const koa = app.callback();
  const answer: RequestListener = (request, response) => void koa(request, response);
  const server = createServer(limits, answer).on('checkContinue', answer).setTimeout(silenceMs);
  return { listen: address => listen(server, address), drain: withinMs => drain(server, withinMs, parts) };
}

function listen(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const taken = fileErrorCode(error) === 'EADDRINUSE';
      const message = `${host}:${port} is taken by another process: stop it, or set another PARITY_LISTEN.`;
      reject(taken ? new ParityError('port_taken', message, { cause: error }) : error);
    });
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

async function drain(server: Server, withinMs: number, { clock }: Edge): Promise<boolean> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  if ((await withinDeadline(closed, { clock, ms: withinMs })) !== overdue) return true;
  server.closeAllConnections();
  await closed;
  return false;
}
