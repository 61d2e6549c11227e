import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  isDocumentId,
  keyedDocumentId,
  parseDocumentId,
  reusedKeyDocumentId,
  timedDocumentId,
} from './document-id.ts';

const random = Buffer.alloc(10, 0xff);

describe('keyedDocumentId', () => {
  it('is the UUIDv8 of SHA-256(parity/1, NUL, owner, NUL, key)', () => {
    const hash = createHash('sha256').update('parity/1\0anna\0k1').digest('hex');
    const id = keyedDocumentId({ owner: 'anna', key: 'k1' });
    assert.equal(id.slice(0, 13), `${hash.slice(0, 8)}-${hash.slice(8, 12)}`);
    assert.equal(id[14], '8');
    assert.ok(isDocumentId(id));
  });

  it('is the same for the same owner and key, and another otherwise', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (owner, key, other) => {
        assert.equal(keyedDocumentId({ owner, key }), keyedDocumentId({ owner, key }));
        if (other !== owner)
          assert.notEqual(keyedDocumentId({ owner: other, key }), keyedDocumentId({ owner, key }));
      }),
    );
  });
});

describe('reusedKeyDocumentId', () => {
  it('depends on the bytes, and is never the id whose key was used again', () => {
    const id = keyedDocumentId({ owner: 'anna', key: 'k1' });
    const parked = reusedKeyDocumentId({ id, sha256: 'a'.repeat(64) });
    assert.notEqual(parked, id);
    assert.equal(parked, reusedKeyDocumentId({ id, sha256: 'a'.repeat(64) }));
    assert.notEqual(parked, reusedKeyDocumentId({ id, sha256: 'b'.repeat(64) }));
  });
});

describe('timedDocumentId', () => {
  it('is a UUIDv7: ids sort by time', () => {
    const [early, late] = [1_700_000_000_000, 1_700_000_000_001].map(nowMs =>
      timedDocumentId({ nowMs, random }),
    );
    assert.ok(isDocumentId(early ?? ''));
    assert.equal(early?.[14], '7');
    assert.ok((early ?? '') < (late ?? ''));
  });
});

describe('parseDocumentId', () => {
  it('answers for what is no id as for what does not exist', () => {
    for (const text of [
      '',
      '..',
      '../../etc/passwd',
      'a'.repeat(36),
      '00000000-0000-4000-8000-000000000000',
    ]) {
      assert.throws(() => parseDocumentId(text), {
        code: 'not_found',
        message: 'There is no such document.',
      });
    }
  });
});
