import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, it } from 'node:test';
import { readUploadHeaders } from './upload-headers.ts';

const refuses = (headers: IncomingHttpHeaders, message: string) =>
  assert.throws(
    () => readUploadHeaders(headers),
    { code: 'invalid_request', message },
    JSON.stringify(headers),
  );

describe('readUploadHeaders', () => {
  it('asks for nothing', () => {
    assert.deepEqual(readUploadHeaders({}), {
      name: 'document',
      mediaType: 'application/octet-stream',
      key: undefined,
      sha256: undefined,
      length: undefined,
    });
  });

  it('reads the media type and the length as they are', () => {
    const { mediaType, length } = readUploadHeaders({ 'content-type': 'image/jpeg', 'content-length': '12' });
    assert.deepEqual({ mediaType, length }, { mediaType: 'image/jpeg', length: 12 });
  });
});

describe('X-Document-Name', () => {
  const nameOf = (value: string) => readUploadHeaders({ 'x-document-name': value }).name;

  it('is percent-encoded UTF-8, and a name alone: what looks like a path is kept', () => {
    assert.equal(nameOf('Qu%C3%ADttung%20%E2%82%AC.pdf'), 'Quíttung €.pdf');
    assert.equal(nameOf('..%2F..%5Cetc'), '../..\\etc');
    assert.equal(nameOf('%E2%80%AEfdp.exe'), '\u202efdp.exe');
    assert.equal(nameOf('x'.repeat(255)).length, 255);
  });

  it('is refused when it is empty, too long, badly encoded or holds control characters', () => {
    const message =
      'The header X-Document-Name is not valid: give percent-encoded UTF-8 of 1–255 bytes without control characters.';
    for (const value of ['', 'a%00.pdf', '%0d%0aSet-Cookie', '%', '%FF', '%C3', 'Ã©.pdf', 'x'.repeat(256)]) {
      refuses({ 'x-document-name': value }, message);
    }
    refuses({ 'x-document-name': '%E2%82%AC'.repeat(86) }, message);
  });
});

describe('Idempotency-Key', () => {
  const keyOf = (value: string) => readUploadHeaders({ 'idempotency-key': value }).key;

  it('is the same bare and quoted', () => {
    assert.equal(keyOf('0c5a-11'), '0c5a-11');
    assert.equal(keyOf('"0c5a-11"'), '0c5a-11');
    assert.equal(keyOf('k'.repeat(255)), 'k'.repeat(255));
  });

  it('is refused when it is empty, too long, or sent twice', () => {
    const message =
      'The header Idempotency-Key is not valid: give 1–255 visible ASCII characters, such as a UUID.';
    for (const value of ['', '""', '"a b"', 'a, b', 'é', 'k'.repeat(256)]) {
      refuses({ 'idempotency-key': value }, message);
    }
  });
});

describe('Repr-Digest', () => {
  const hash = createHash('sha256').update('bytes');
  const base64 = hash.copy().digest('base64');
  const hex = hash.digest('hex');
  const digestOf = (value: string | string[]) => readUploadHeaders({ 'repr-digest': value }).sha256;

  it('gives the SHA-256, alone or among others, and ignores algorithms that it does not know', () => {
    assert.equal(digestOf(`sha-256=:${base64}:`), hex);
    assert.equal(digestOf(`sha-512=:AAAA:, sha-256=:${base64}:`), hex);
    assert.equal(digestOf(['sha-512=:AAAA:', `sha-256=:${base64}:`]), hex);
    assert.equal(digestOf('sha-512=:AAAA:'), undefined);
  });

  it('is refused when it is no digest', () => {
    const message = 'The header Repr-Digest is not valid: give `sha-256=:<base64 of 32 bytes>:`.';
    for (const value of ['', 'nonsense', `sha-256=${hex}`, 'sha-256=:AAAA:', `sha-256=:${base64}`]) {
      refuses({ 'repr-digest': value }, message);
    }
  });
});
