import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withoutFrames } from './without-frames.ts';

/** A frame of stdout (1) or stderr (2). */
function frame(stream: number, text: string): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  const said = Buffer.from(text);
  head.writeUInt32BE(said.length, 4);
  return Buffer.concat([head, said]);
}

/** What is left of `bytes` when they come in pieces of these sizes. */
async function heard(bytes: Buffer, sizes: readonly number[]): Promise<string> {
  async function* pieces() {
    let at = 0;
    for (const size of [...sizes, bytes.length]) {
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const parts: Buffer[] = [];
  for await (const part of withoutFrames(pieces())) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('withoutFrames', () => {
  it('gives what was said, however it was cut on the way', async () => {
    const said = fc.array(fc.record({ stream: fc.constantFrom(1, 2), text: fc.string() }));
    await fc.assert(
      fc.asyncProperty(said, fc.array(fc.nat(12)), async (frames, sizes) => {
        const bytes = Buffer.concat(frames.map(({ stream, text }) => frame(stream, text)));
        assert.equal(await heard(bytes, sizes), frames.map(({ text }) => text).join(''));
      }),
    );
  });

  it('gives nothing of a frame that never became whole', async () => {
    assert.equal(await heard(frame(1, 'half of it').subarray(0, 12), []), '');
  });
});
