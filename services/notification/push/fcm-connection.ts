import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Clock } from '../../kit/ports.ts';
import type { FcmAnswer } from './fcm-answer.ts';

/** What became of one request on the wire. */
export type Exchange =
  | { readonly kind: 'answer'; readonly answer: FcmAnswer }
  /** The request cannot have been processed; `connected` says whether there was a connection at all. */
  | { readonly kind: 'not_sent'; readonly connected: boolean; readonly reason: string }
  /** The bytes left, the answer did not come. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A POST of JSON with a bearer token. */
export interface FcmPost {
  readonly path: string;
  readonly token: string;
  readonly body: string;
  /** Connecting included. */
  readonly timeoutMs: number;
}

/** One kept HTTP/2 connection, opened when first needed and again whenever it was lost. */
export interface FcmConnection {
  /** Never rejects; settles within the deadline. */
  post(request: FcmPost): Promise<Exchange>;
  /** Waits for the requests under way. */
  close(): Promise<void>;
}

export interface FcmConnectionOptions {
  /** `https://fcm.googleapis.com` in production; `http://` speaks HTTP/2 with prior knowledge. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** What is known of one session beyond what Node keeps. */
interface KeptSession {
  readonly session: ClientHttp2Session;
  connected: boolean;
  /** The last stream that the server says it processes; set by GOAWAY. */
  lastStreamId: number;
  underWay: number;
  /** Gets no more requests, and is destroyed after the last of them: a dead peer would never let it close. */
  retired: boolean;
}

const closing: Exchange = { kind: 'not_sent', connected: true, reason: 'the connection is closing' };

/** FCM's answers are below 1 KiB; whatever sends more than this is not FCM. */
const ANSWER_MAX_BYTES = 64 * 1024;

/**
 * Opens nothing yet. A connection that let one request time out gets no further ones: it may be dead without anybody
 * having said so, and the next request opens another.
 */
export function createFcmConnection(options: FcmConnectionOptions): FcmConnection {
  let current: KeptSession | undefined;
  let closed = false;
  const open = new Set<KeptSession>();

  function keepSession(): KeptSession {
    if (current && !current.retired && !current.session.closed && !current.session.destroyed) return current;
    const kept = openSession(options.baseUrl);
    open.add(kept);
    kept.session.once('close', () => open.delete(kept));
    current = kept;
    return kept;
  }

  return {
    async post(request) {
      if (closed) return { kind: 'not_sent', connected: false, reason: 'the sender is closed' };
      const kept = keepSession();
      kept.underWay += 1;
      const exchange = await exchangeOn(kept, request, options);
      kept.underWay -= 1;
      if (kept.retired) retire(kept);
      return exchange;
    },
    async close() {
      closed = true;
      await Promise.all([...open].map(endSession));
    },
  };
}

function openSession(baseUrl: string): KeptSession {
  const session = connect(baseUrl);
  const kept: KeptSession = {
    session,
    connected: false,
    lastStreamId: Infinity,
    underWay: 0,
    retired: false,
  };
  session.on('connect', () => (kept.connected = true));
  session.on('goaway', (_code, lastStreamId: number) => (kept.lastStreamId = lastStreamId));
  session.on('error', () => {}); // Every stream on it gets the same error.
  return kept;
}

function retire(kept: KeptSession): void {
  kept.retired = true;
  if (kept.underWay === 0) kept.session.destroy();
}

function endSession(kept: KeptSession): Promise<void> {
  return new Promise(resolve => {
    kept.session.once('close', resolve);
    retire(kept);
  });
}

function exchangeOn(kept: KeptSession, request: FcmPost, { clock }: FcmConnectionOptions): Promise<Exchange> {
  const { timeoutMs } = request;
  return new Promise(resolve => {
    const deadline = new AbortController();
    const settle = (exchange: Exchange) => {
      deadline.abort();
      resolve(exchange);
    };
    const stream = startStream(kept, request);
    if (stream === undefined) return settle(closing);
    readAnswer(stream, result => {
      if ('lost' in result) settle(explainLoss(kept, stream, result.lost));
      else settle({ kind: 'answer', answer: result });
    });
    clock.delay(timeoutMs, deadline.signal).then(
      () => {
        settle(explainLoss(kept, stream, `no answer within ${String(timeoutMs)} ms`));
        stream.close(constants.NGHTTP2_CANCEL);
        retire(kept);
      },
      () => {}, // Settled in time.
    );
  });
}

/** Undefined when the session went away between being looked at and being used. */
function startStream(
  { session }: KeptSession,
  { path, token, body }: FcmPost,
): ClientHttp2Stream | undefined {
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json; charset=UTF-8',
    });
    stream.end(body);
    return stream;
  } catch {
    return undefined;
  }
}

/** Calls back once, with the answer if it came whole, or with why it did not. */
function readAnswer(stream: ClientHttp2Stream, settle: (result: FcmAnswer | { lost: string }) => void): void {
  let head: Omit<FcmAnswer, 'body'> | undefined;
  let ended = false;
  let lost = 'the stream was closed';
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('response', headers => {
    head = { status: headers[':status'] ?? 0, retryAfter: headers['retry-after'] };
  });
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_MAX_BYTES) stream.close(constants.NGHTTP2_CANCEL);
  });
  stream.on('end', () => (ended = true));
  stream.on('error', (error: Error) => (lost = error.message));
  stream.on('close', () => {
    const whole = ended && stream.rstCode === constants.NGHTTP2_NO_ERROR;
    settle(head && whole ? { ...head, body: Buffer.concat(chunks).toString() } : { lost });
  });
}

/** Only what provably was not processed may be sent again at once (RFC 9113 §6.8, §8.7; failures.md 47). */
function explainLoss(kept: KeptSession, stream: ClientHttp2Stream, reason: string): Exchange {
  if (!kept.connected) return { kind: 'not_sent', connected: false, reason };
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) {
    return { kind: 'not_sent', connected: true, reason: 'REFUSED_STREAM' };
  }
  if (stream.id === undefined || stream.id > kept.lastStreamId) {
    return { kind: 'not_sent', connected: true, reason: 'GOAWAY before this stream' };
  }
  return { kind: 'unknown', reason };
}
