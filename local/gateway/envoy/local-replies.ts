import { errorCodes, type ErrorCode } from '../../../domain/errors.ts';
import type { Parity } from '../../../domain/parity.ts';
import type { EnvoyObject } from './resource.ts';

/** What a gateway itself refuses, by the status that Envoy gives it. */
const refusals: readonly (readonly [status: number, code: ErrorCode, message: string])[] = [
  [400, 'invalid_request', 'This is not a request that HTTP allows.'],
  [401, 'unauthenticated', 'The access token is not accepted, or not any more: sign in again and repeat.'],
  // Envoy's word for a token that was made for somebody else.
  [403, 'unauthenticated', 'The access token is not accepted, or not any more: sign in again and repeat.'],
  [404, 'not_found', 'There is nothing at this address.'],
  [405, 'method_not_allowed', 'This method is not possible here: the Allow header names those that are.'],
  [408, 'body_too_slow', 'The request came too slowly: repeat it, with its key if it has one.'],
  [413, 'document_too_large', 'The body is larger than anything that is taken here.'],
  [429, 'rate_limited', 'Too many requests: wait a second, then repeat.'],
  [431, 'invalid_request', 'The headers of the request are too large.'],
  [503, 'overloaded', 'No cluster can serve this now. Repeating is safe with an Idempotency-Key: try again.'],
  [504, 'timed_out', 'The answer took too long. Repeating is safe with an Idempotency-Key: try again.'],
];

/** A gateway's own answers have the form of the services' (services/kit/http/answer.ts), and say who gave them. */
export function localReplies(cluster: Parity): EnvoyObject {
  return {
    mappers: refusals.map(([status, code, message]) => ({
      filter: {
        status_code_filter: {
          comparison: { op: 'EQ', value: { default_value: status, runtime_key: `parity.reply.${status}` } },
        },
      },
      status_code: errorCodes[code].status,
      body_format_override: { json_format: { error: { code, message } }, content_type: json },
      headers_to_add: headersOf(cluster, code),
    })),
    body_format: {
      json_format: { error: { code: 'internal', message: '%LOCAL_REPLY_BODY%' } },
      content_type: json,
    },
  };
}

const json = 'application/json; charset=utf-8';

function headersOf(cluster: Parity, code: ErrorCode): EnvoyObject[] {
  const repeatable = errorCodes[code].status === 503 || errorCodes[code].status === 429;
  const headers = {
    'x-parity-served-by': `${cluster}/gateway`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(repeatable ? { 'retry-after': '1' } : {}),
  };
  return Object.entries(headers).map(([key, value]) => ({
    header: { key, value },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
  }));
}
