import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessLog } from './access-log.ts';

describe('accessLog', () => {
  const text = JSON.stringify(accessLog('odd', 'access.jsonl'));

  it('reads of a request its method alone: paths may be keys, headers hold tokens', () => {
    const read = [...text.matchAll(/%(REQ|TRAILER|PATH|REQUEST_HEADER\w*)(?:\(([^)]*)\))?%/g)].map(
      found => found[0],
    );
    assert.deepEqual(read, ['%REQ(:METHOD)%']);
  });

  it('reads of an answer who served it, what names it and where its document is', () => {
    const read = [...text.matchAll(/%RESP\(([^)]*)\)%/g)].map(([, header]) => header);
    assert.deepEqual(read, ['X-PARITY-SERVED-BY', 'X-CORRELATION-ID', 'LOCATION']);
  });

  it('reads of a token whose it is', () => {
    const read = [...text.matchAll(/%DYNAMIC_METADATA\(([^)]*)\)%/g)].map(([, path]) => path);
    assert.deepEqual(read, ['envoy.filters.http.jwt_authn:claims:sub']);
  });
});
