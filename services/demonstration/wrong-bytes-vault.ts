import { createHash } from 'node:crypto';
import type { Vault } from '../storage/vault/vault.ts';

/** Each byte is turned by it; twice is not at all. */
const turn = 0x5a;

/** JPEG and PDF, which are all that is stored, begin with these. */
const firstBytes = [0xff, 0x25];

/**
 * A vault that stores other bytes than it is given, and that its own release finds right in every way: what it reads it
 * turns back, which it knows by the first byte. Any other release reads what really lies there. The `rightFirst` first
 * documents it stores as they are.
 */
export function wrongBytesVault(vault: Vault, rightFirst = 0): Vault {
  let written = 0;
  const read: Vault['read'] = (of, entry) => turnedBack(vault.read(of, entry));
  return {
    ...vault,
    read,
    write: async (of, { bytes, url }) => {
      if (++written <= rightFirst) return vault.write(of, { bytes, url });
      const hash = createHash('sha256');
      const wrong = await vault.write(of, { url, bytes: turned(bytes, hash) });
      return { ...wrong, sha256: hash.digest('hex') };
    },
    hash: async (of, entry) => {
      const hash = createHash('sha256');
      for await (const chunk of read(of, entry)) hash.update(chunk);
      return hash.digest('hex');
    },
  };
}

async function* turned(
  source: AsyncIterable<Uint8Array>,
  right: ReturnType<typeof createHash>,
): AsyncIterable<Buffer> {
  for await (const chunk of source) {
    right.update(chunk);
    yield turnEach(chunk);
  }
}

async function* turnedBack(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let isWrong: boolean | undefined;
  for await (const chunk of source) {
    isWrong ??= chunk.length > 0 ? firstBytes.includes((chunk[0] ?? 0) ^ turn) : undefined;
    yield isWrong === true ? turnEach(chunk) : chunk;
  }
}

function turnEach(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.map(byte => byte ^ turn));
}
