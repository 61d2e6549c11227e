import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printable } from './printable.ts';

describe('printable', () => {
  it('leaves what people write, and lines, as they are', () => {
    const text = 'Quíttung €.pdf 2 → 3 …\n\tשלום 文書 👩‍🚀';
    assert.equal(printable(text), text);
  });

  it('shows what a terminal would obey', () => {
    assert.equal(printable('\u001b[31mred'), '\\u001b[31mred');
    assert.equal(printable('\u001b]0;title\u0007'), '\\u001b]0;title\\u0007');
    assert.equal(printable('\u009b31m\r\b\u007f'), '\\u009b31m\\u000d\\u0008\\u007f');
  });

  it('shows what would turn a name around', () => {
    assert.equal(printable('licence\u202egpj.exe'), 'licence\\u202egpj.exe');
    assert.equal(printable('\u2066a\u2069\u200f'), '\\u2066a\\u2069\\u200f');
  });

  it('leaves JSON the same JSON', () => {
    const value = { name: 'a\u009b\u202e\u001b\u007f"\\\n' };
    assert.deepEqual(JSON.parse(printable(JSON.stringify(value))), value);
  });
});
