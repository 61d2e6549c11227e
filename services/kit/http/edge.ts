import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Middleware, ParameterizedContext } from 'koa';
import { errorCodes, isParityError, ParityError } from '../../../domain/errors.ts';
import { fileErrorCode } from '../file-system.ts';
import { servedBy, type Identity } from '../identity.ts';
import type { Log } from '../logger.ts';
import type { Clock, Random } from '../ports.ts';
import { errorAnswer, sendAnswer } from './answer.ts';
import type { Answer } from './exchange.ts';

/** What the edge and the routes tell each other about one request. */
export interface RequestState {
  correlationId: string;
  /** The catalogue's name of the route, such as `processor.accept`. */
  route: string;
  /** True once the handler wanted the body. */
  bodyAsked: boolean;
  /** Whoever answers puts it here; thrown errors become answers at the edge. */
  answer?: Answer;
}

/** One finished request; `status` is 499 when the client went away before its answer. */
export interface RequestSeen {
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What the edge needs of the world. */
export interface Edge {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly observe: (seen: RequestSeen) => void;
}

type Exchange = ParameterizedContext<RequestState>;

/** The route of requests that no route of the catalogue matches. */
export const unmatched = 'unmatched';

/** How long the rest of a body that nobody wants is swallowed, so that its sender gets to read the answer. */
const lingerMs = 2_000;

const clientGone = 499;
const connectionFaults = ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE'];

/** The one place where answers and errors become HTTP, and where every answer says who gave it. */
export function edge(parts: Edge & { readonly server: () => Server }): Middleware<RequestState> {
  const { clock, random, observe, server } = parts;
  const servedByUs = servedBy(parts.identity);
  const correlationId = correlationIds(random);

  return async (exchange, next) => {
    const began = clock.monotonic();
    const { req, state } = exchange;
    exchange.respond = false;
    state.correlationId = correlationId(req.headers);
    state.route = unmatched;
    state.bodyAsked = false;
    const headers = { 'x-parity-served-by': servedByUs, 'x-correlation-id': state.correlationId };
    const status = await answered(exchange, next, { ...parts, headers });
    observe({ route: state.route, status, seconds: (clock.monotonic() - began) / 1000 });
    if (!req.complete) swallowRest(req, clock);
    if (!server().listening) setImmediate(() => server().closeIdleConnections());
  };
}

interface Answering extends Edge {
  readonly server: () => Server;
  readonly headers: Readonly<Record<string, string>>;
}

async function answered(
  exchange: Exchange,
  next: () => Promise<unknown>,
  answering: Answering,
): Promise<number> {
  const { res, state } = exchange;
  try {
    await next();
    return await send(exchange, state.answer ?? unrouted(exchange), answering);
  } catch (error) {
    if (isGone(exchange, error)) {
      answering.log.debug({ ...seen(exchange), error }, 'The client went away before its answer.');
      return clientGone;
    }
    report(exchange, error, answering.log);
    if (!res.headersSent) return send(exchange, errorAnswer(error), answering);
    // The head is out: only a cut connection tells the client that what it got is not all.
    res.destroy();
    return errorCodes.internal.status;
  }
}

async function send({ req, res, state }: Exchange, answer: Answer, answering: Answering): Promise<number> {
  // A client that still waits for `100 Continue` may or may not send its body after this: no telling what comes next.
  const unclear = req.headers.expect !== undefined && !state.bodyAsked;
  const close = unclear || !answering.server().listening;
  const headers = close ? { ...answering.headers, connection: 'close' } : answering.headers;
  await sendAnswer({ req, res }, answer, headers);
  return answer.status;
}

function unrouted({ method, matched }: Exchange & { matched?: { methods: string[] }[] }): Answer {
  const allowed = [...new Set(matched?.flatMap(layer => layer.methods))];
  if (allowed.length === 0) {
    return errorAnswer(new ParityError('not_found', 'There is nothing at this address.'));
  }
  const message = `${method} is not possible here: use ${allowed.join(' or ')}.`;
  return errorAnswer(new ParityError('method_not_allowed', message), { allow: allowed.join(', ') });
}

function isGone({ req, res }: Exchange, error: unknown): boolean {
  if (!req.socket.destroyed) return false;
  return !res.headersSent || connectionFaults.includes(fileErrorCode(error) ?? '');
}

function report(exchange: Exchange, error: unknown, log: Log): void {
  const status = isParityError(error) ? errorCodes[error.code].status : errorCodes.internal.status;
  const fields = { ...seen(exchange), status, error };
  if (status < 500) log.debug(fields, 'A request was refused.');
  else if (status === errorCodes.internal.status) log.error(fields, 'A request failed.');
  else log.warn(fields, 'A request could not be served now.');
}

function seen({ method, state }: Exchange) {
  return { correlationId: state.correlationId, route: state.route, method };
}

/** A caller's own id is taken over if it can do no harm in a log or a header; ours are random once, then counted. */
function correlationIds(random: Random): (headers: IncomingHttpHeaders) => string {
  const ours = random.bytes(8).toString('hex');
  let count = 0;
  return headers => {
    const given = headers['x-correlation-id'];
    return typeof given === 'string' && /^[\w.:#-]{8,64}$/.test(given) ? given : `${ours}-${++count}`;
  };
}

function swallowRest(request: IncomingMessage, clock: Clock): void {
  if (request.destroyed) return;
  const ended = new AbortController();
  request.once('close', () => ended.abort());
  request.on('error', () => {}).resume();
  clock.delay(lingerMs, ended.signal).then(
    () => request.destroy(),
    () => {},
  );
}
