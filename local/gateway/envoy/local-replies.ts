import { errorCodes, type ErrorCode } from '../../../domain/errors.ts';
import type { Parity } from '../../../domain/parity.ts';
import type { EnvoyObject } from './resource.ts';

/** What Envoy answers itself, and how we say it. The first that matches counts. */
interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** The status that Envoy gives it, or a whole class of them. */
  readonly status: number | { readonly from: number };
  /** A header of the request, where the status alone does not tell. */
  readonly asking?: string;
  /** What happened, in Envoy's response flags, where the status alone does not tell. */
  readonly flags?: readonly string[];
}

const signInAgain = 'The access token is not accepted, or not any more: sign in again and repeat.';

const notSpoken = 'The request breaks HTTP, or needs a part of it that is not spoken here.';

const refusals: readonly Refusal[] = [
  { status: 401, code: 'unauthenticated', message: signInAgain },
  { status: 403, asking: 'upgrade', code: 'invalid_request', message: notSpoken },
  // A token that was made for somebody else.
  { status: 403, code: 'unauthenticated', message: signInAgain },
  { status: 404, code: 'not_found', message: 'There is nothing at this address.' },
  {
    status: 405,
    code: 'method_not_allowed',
    message: 'This method is not possible here: the Allow header names those that are.',
  },
  {
    status: 408,
    code: 'body_too_slow',
    message: 'The request came too slowly: repeat it, with its key if it has one.',
  },
  {
    status: 413,
    code: 'document_too_large',
    message: 'The body is larger than what is taken here.',
  },
  { status: 429, code: 'rate_limited', message: 'Too many requests: wait a second, then repeat.' },
  {
    status: 431,
    code: 'headers_too_large',
    message: 'The headers of the request are too large: leave out what is not needed.',
  },
  {
    // The service closed its connection, or reset the stream: the next request may well be served.
    status: 503,
    flags: ['UC', 'UR'],
    code: 'overloaded',
    message:
      'What was serving this ended before it answered, so it may have been done or not. Send it again: under the same Idempotency-Key it is not done twice.',
  },
  {
    status: 503,
    code: 'overloaded',
    message: 'No cluster can serve this now. Repeating is safe with an Idempotency-Key: try again.',
  },
  {
    status: 504,
    code: 'timed_out',
    message: 'The answer took too long. Repeating is safe with an Idempotency-Key: try again.',
  },
  { status: 501, code: 'invalid_request', message: notSpoken },
  {
    status: { from: 500 },
    code: 'internal',
    message: 'Something failed on our side. Repeating is safe with an Idempotency-Key.',
  },
  { status: { from: 400 }, code: 'invalid_request', message: notSpoken },
];

/** A gateway's own answers have the form of the services' (services/kit/http/answer.ts), and say who gave them. */
export function localReplies(cluster: Parity): EnvoyObject {
  return {
    mappers: refusals.map(refusal => ({
      filter: filterOf(refusal),
      status_code: errorCodes[refusal.code].status,
      body_format_override: {
        json_format: { error: { code: refusal.code, message: refusal.message } },
        content_type: 'application/json; charset=utf-8',
      },
      headers_to_add: headersOf(cluster, refusal.code),
    })),
  };
}

function filterOf({ status, asking, flags }: Refusal): EnvoyObject {
  const [op, value] = typeof status === 'number' ? ['EQ', status] : ['GE', status.from];
  const byStatus = {
    status_code_filter: {
      comparison: { op, value: { default_value: value, runtime_key: `parity.reply.${value}` } },
    },
  };
  const more = [
    ...(asking === undefined ? [] : [{ header_filter: { header: { name: asking, present_match: true } } }]),
    ...(flags === undefined ? [] : [{ response_flag_filter: { flags } }]),
  ];
  return more.length === 0 ? byStatus : { and_filter: { filters: [byStatus, ...more] } };
}

function headersOf(cluster: Parity, code: ErrorCode): EnvoyObject[] {
  const { status } = errorCodes[code];
  const headers = {
    'x-parity-served-by': `${cluster}/gateway`,
    'x-correlation-id': '%REQ(X-CORRELATION-ID?X-REQUEST-ID):64%',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
    // In place of Envoy's, which names the whole address.
    ...(code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
  };
  return Object.entries(headers).map(([key, value]) => ({
    header: { key, value },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
  }));
}
