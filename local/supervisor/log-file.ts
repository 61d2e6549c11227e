import { appendFile, rename, stat } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** A log file that has grown so large is put aside as `<file>.1`, in place of the one put aside before. */
const maxLogBytes = 8 * 1024 * 1024;

/**
 * Appends to a log file, which never takes more than twice `maxBytes`. A line that cannot be written (disk full) is
 * lost: a log must not end what it tells of.
 */
export function openLogFile(path: string, maxBytes = maxLogBytes): Writable {
  let size: number | undefined;
  const append = async (chunk: Buffer) => {
    size ??= await sizeOf(path);
    if (size > 0 && size + chunk.length > maxBytes) {
      await rename(path, `${path}.1`);
      size = 0;
    }
    await appendFile(path, chunk, { mode: 0o600 });
    size += chunk.length;
  };
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      append(chunk)
        .catch(() => {})
        .finally(() => done());
    },
  });
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
