import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { longDocument } from './long-document.ts';

describe('longDocument', () => {
  for (const bytes of [1_000, 3_000_000, 1024 * 1024 * 2 + 1]) {
    it(`has ${bytes} bytes, and the hash that it says`, () => {
      const { sha256, pieces } = longDocument(bytes);
      const whole = Buffer.concat([...pieces()]);
      assert.equal(whole.length, bytes);
      assert.equal(createHash('sha256').update(whole).digest('hex'), sha256);
    });
  }

  it('is a PDF whose end leads to its cross-reference table', () => {
    const whole = Buffer.concat([...longDocument(100_000).pieces()]).toString('latin1');
    assert.ok(whole.startsWith('%PDF-'));
    const at = Number(/startxref\s+(\d{1,12})\s+%%EOF\s*$/.exec(whole)?.[1]);
    assert.ok(whole.slice(at).startsWith('xref\n'));
  });

  it('never has the same piece twice', () => {
    const pieces = [...longDocument(5_000_000).pieces()].map(piece => piece.toString('base64'));
    assert.equal(new Set(pieces).size, pieces.length);
  });
});
