import { constants, createServer } from 'node:http2';
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { readBoundedText } from './bounded-text.ts';
import type { ApiAnswer } from './google-error.ts';
import { googleError } from './google-error.ts';
import type { SendRequest, SendResult } from './send-endpoint.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** What FCM allows on one connection. */
const streamsMax = 100;

export interface ApiServerOptions {
  readonly tokens: TokenEndpoint;
  readonly send: (request: SendRequest) => Promise<SendResult>;
}

/** The HTTP/2 edge: reads a request, asks the endpoint, and plays the answer or the fault on the stream. */
export function createApiServer({ tokens, send }: ApiServerOptions): Http2Server {
  const server = createServer({ settings: { maxConcurrentStreams: streamsMax } });

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const { ':method': method, ':path': path = '', authorization, 'content-type': contentType } = headers;
    const body = await readBoundedText(stream);
    if (body === undefined) return answer(stream, tooLarge);
    if (method !== 'POST') return answer(stream, notFound(path));
    if (path === '/token') return answer(stream, await tokens.exchange(body));
    play(stream, await send({ path, authorization, contentType, body }));
  }

  server.on('stream', (stream, headers) => {
    stream.on('error', () => {}); // The client's reset; nothing is left to answer.
    serve(stream, headers).catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  });
  return server;
}

const tooLarge = googleError({
  httpStatus: 413,
  status: 'INVALID_ARGUMENT',
  message: 'Request payload size exceeds the limit.',
});

function notFound(path: string): ApiAnswer {
  return googleError({ httpStatus: 404, status: 'NOT_FOUND', message: `No method at ${path}.` });
}

function answer(stream: ServerHttp2Stream, { status, headers, body }: ApiAnswer): void {
  if (stream.destroyed) return;
  stream.respond({ ':status': status, 'content-type': 'application/json; charset=UTF-8', ...headers });
  stream.end(JSON.stringify(body));
}

function play(stream: ServerHttp2Stream, result: SendResult): void {
  switch (result.kind) {
    case 'answer':
      return answer(stream, result.answer);
    case 'reset':
      return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    case 'refuse':
      return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    case 'hang':
      return;
    case 'goaway':
      return goAway(stream);
  }
}

/**
 * Ends the connection and names the stream before this one as the last processed. Before stream 1 there is none, and
 * Node cannot say 0, so there the refusal of the stream says the same.
 */
function goAway(stream: ServerHttp2Stream): void {
  const { session, id = 1 } = stream;
  if (id > 1) session?.goaway(constants.NGHTTP2_NO_ERROR, id - 2);
  stream.close(constants.NGHTTP2_REFUSED_STREAM);
  session?.close();
}
