import type { Readable } from 'node:stream';

/** A message is 4 KiB and an assertion 1 KiB; whoever sends more than this has made a mistake. */
const bodyMaxBytes = 64 * 1024;

/** The whole stream as text, or undefined as soon as it is over 64 KiB: the rest is then left unread. */
export async function readBoundedText(stream: Readable): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const received = stream.iterator({ destroyOnReturn: false }) as NodeJS.AsyncIterator<Uint8Array>;
  for await (const chunk of received) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > bodyMaxBytes) return undefined;
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}
