import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerReader } from './answer-reader.ts';

const accepted = 'HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nhello';
const chunked = 'HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n';
const empty = 'HTTP/1.1 201 Created\r\nlocation: /files/1\r\n\r\n';

describe('answerReader', () => {
  for (const [name, text, status] of [
    ['with a length', accepted, 202],
    ['in chunks', chunked, 201],
    ['without a body', empty, 201],
  ] as const) {
    it(`knows the end of an answer ${name}, in whatever pieces it comes`, () => {
      for (let cut = 1; cut < text.length; cut++) {
        const reader = answerReader();
        assert.equal(reader.add(Buffer.from(text.slice(0, cut))), undefined, `cut at ${cut}`);
        assert.equal(reader.add(Buffer.from(text.slice(cut))), status, `cut at ${cut}`);
      }
    });
  }

  it('reads the next answer after one that ended', () => {
    const reader = answerReader();
    assert.equal(reader.add(Buffer.from(accepted)), 202);
    assert.equal(reader.add(Buffer.from(chunked)), 201);
  });
});
