import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorCodes, type ErrorCode } from '../../../domain/errors.ts';
import { localReplies } from './local-replies.ts';

interface StatusFilter {
  readonly status_code_filter: {
    readonly comparison: { readonly op: 'EQ' | 'GE'; readonly value: { readonly default_value: number } };
  };
}
interface HeaderFilter {
  readonly header_filter: { readonly header: { readonly name: string; readonly present_match: true } };
}
interface FlagFilter {
  readonly response_flag_filter: { readonly flags: readonly string[] };
}
type Filter =
  StatusFilter | HeaderFilter | FlagFilter | { readonly and_filter: { readonly filters: readonly Filter[] } };

interface Mapper {
  readonly filter: Filter;
  readonly status_code: number;
  readonly body_format_override: {
    readonly json_format: { readonly error: { readonly code: ErrorCode; readonly message: string } };
    readonly content_type: string;
  };
  readonly headers_to_add: readonly { readonly header: { readonly key: string; readonly value: string } }[];
}

interface Reply {
  readonly status: number;
  readonly asking?: string;
  readonly flag?: string;
}

function holds(filter: Filter, reply: Reply): boolean {
  if ('and_filter' in filter) return filter.and_filter.filters.every(part => holds(part, reply));
  if ('header_filter' in filter) return filter.header_filter.header.name === reply.asking;
  if ('response_flag_filter' in filter) {
    return filter.response_flag_filter.flags.some(flag => flag === reply.flag);
  }
  const { op, value } = filter.status_code_filter.comparison;
  return op === 'EQ' ? reply.status === value.default_value : reply.status >= value.default_value;
}

/** What a client gets where Envoy would say `status` (by its documentation the first mapper that matches is used). */
function replyTo(status: number, more: Omit<Reply, 'status'> = {}) {
  const mappers = localReplies('odd')['mappers'] as readonly Mapper[];
  const mapper = mappers.find(({ filter }) => holds(filter, { status, ...more }));
  assert.ok(mapper, `nothing is said of ${status}`);
  return {
    status: mapper.status_code,
    error: mapper.body_format_override.json_format.error,
    headers: Object.fromEntries(mapper.headers_to_add.map(({ header }) => [header.key, header.value])),
  };
}

describe('localReplies', () => {
  const said: readonly (readonly [status: number, code: ErrorCode, message: RegExp])[] = [
    [400, 'invalid_request', /breaks HTTP/],
    [401, 'unauthenticated', /sign in again/],
    [404, 'not_found', /nothing at this address/],
    [405, 'method_not_allowed', /Allow header/],
    [408, 'body_too_slow', /too slowly/],
    [413, 'document_too_large', /larger than/],
    [426, 'invalid_request', /not spoken here/],
    [429, 'rate_limited', /wait a second/],
    [431, 'headers_too_large', /headers of the request/],
    [500, 'internal', /our side/],
    [501, 'invalid_request', /not spoken here/],
    [502, 'internal', /our side/],
    [503, 'overloaded', /try again/],
    [504, 'timed_out', /took too long/],
  ];
  for (const [status, code, message] of said) {
    it(`says ${code} where Envoy says ${status}`, () => {
      const reply = replyTo(status);
      assert.equal(reply.error.code, code);
      assert.match(reply.error.message, message);
      assert.equal(reply.status, errorCodes[code].status);
    });
  }

  it('tells a token for somebody else from a refused upgrade, which Envoy gives the same status', () => {
    assert.equal(replyTo(403).error.code, 'unauthenticated');
    assert.equal(replyTo(403, { asking: 'upgrade' }).error.code, 'invalid_request');
  });

  it('tells a service that died under a request from there being none', () => {
    for (const flag of ['UC', 'UR']) {
      const { status, error, headers } = replyTo(503, { flag });
      assert.deepEqual([status, error.code, headers['retry-after']], [503, 'overloaded', '1']);
      assert.match(
        error.message,
        /may have been done or not\. Send it again: under the same Idempotency-Key/,
      );
    }
    assert.match(replyTo(503, { flag: 'UH' }).error.message, /No cluster can serve this now/);
  });

  it('says who refused, and which request', () => {
    for (const [status] of said) {
      const { headers } = replyTo(status);
      assert.equal(headers['x-parity-served-by'], 'odd/gateway');
      assert.equal(headers['x-correlation-id'], '%REQ(X-CORRELATION-ID?X-REQUEST-ID):64%');
      assert.equal(headers['cache-control'], 'no-store');
    }
  });

  it('says when a repeat is worth while, and how to sign in, where that is so', () => {
    const statuses = (name: string) =>
      said.map(([status]) => status).filter(status => name in replyTo(status).headers);
    assert.deepEqual(statuses('retry-after'), [429, 503]);
    assert.deepEqual(statuses('www-authenticate'), [401]);
  });
});
