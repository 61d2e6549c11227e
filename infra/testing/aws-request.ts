import type { IncomingMessage } from 'node:http';

/** A call as the stand-in sees it. */
export interface AwsRequest {
  /** `eks`, `s3`: from the signature. */
  readonly service: string;
  readonly region: string;
  /** `POST /clusters/{…}`, or the operation's own name where the protocol says it. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What the stand-in says. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const scope = /Credential=[^/]+\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\//;

/** Reads a whole request. */
export async function readAwsRequest(request: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in');
  const { region = '', service = '' } = scope.exec(request.headers.authorization ?? '')?.groups ?? {};
  const method = request.method ?? 'GET';
  const target = request.headers['x-amz-target'];
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const named = typeof target === 'string' ? target.split('.').at(-1) : undefined;
  const action = form ? new URLSearchParams(body.toString()).get('Action') : null;
  return {
    service,
    region,
    operation: named ?? action ?? `${method} ${pathname}`,
    method,
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body,
  };
}

/** An answer of the JSON protocols. */
export function json(value: unknown, status = 200): AwsAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** An error of the JSON protocols that no client repeats. */
export function jsonError(status: number, code: string, message: string): AwsAnswer {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ __type: code, message, Message: message }) };
}
