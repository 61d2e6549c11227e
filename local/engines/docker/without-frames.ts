/** A frame's head: whose output (1 byte), 3 bytes of zero, and the length of what follows (Docker Engine API, attach). */
const headBytes = 8;

/** What a container without a terminal says, freed from the frames in which the engine sends it. */
export async function* withoutFrames(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= headBytes) {
      const end = headBytes + held.readUInt32BE(4);
      if (held.length < end) break;
      yield held.subarray(headBytes, end);
      held = held.subarray(end);
    }
  }
}
