import { open, stat, type FileHandle } from 'node:fs/promises';

const chunkBytes = 256 * 1024;

/** A log that is read line by line as it grows. */
export interface LogTail {
  /** Reads what has come since the last time, up to the end. */
  read(line: (text: string) => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Follows a log file that is put aside as `<file>.1` now and then, and written anew: what was put aside is read to its
 * end first. It begins with both, so that a reader which starts again knows what it knew; while there is no new one, the
 * one that was put aside is followed. A line that is not whole yet waits for its rest.
 */
export function tailLog(file: string): LogTail {
  let current: Opened | undefined;
  const follow = async (line: (text: string) => void) => {
    current ??= (await openIfThere(`${file}.1`)) ?? (await openIfThere(file));
    while (current !== undefined) {
      // Looked up before the end is read: whoever writes a new one has finished with the old.
      const isOld = await isOther(file, current);
      await readToEnd(current, line);
      if (!isOld) return;
      const next = await openIfThere(file);
      await current.handle.close();
      current = next;
    }
  };
  return { read: follow, close: async () => await current?.handle.close() };
}

interface Opened {
  readonly handle: FileHandle;
  readonly inode: number;
  offset: number;
  rest: Buffer;
}

async function openIfThere(path: string): Promise<Opened | undefined> {
  try {
    const handle = await open(path, 'r');
    return { handle, inode: (await handle.stat()).ino, offset: 0, rest: Buffer.alloc(0) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** False while there is none: then the one that was put aside is still being written. */
async function isOther(path: string, { inode }: Opened): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && there.ino !== inode;
}

async function readToEnd(opened: Opened, line: (text: string) => void): Promise<void> {
  const chunk = Buffer.alloc(chunkBytes);
  for (;;) {
    const { bytesRead } = await opened.handle.read(chunk, 0, chunk.length, opened.offset);
    if (bytesRead === 0) return;
    opened.offset += bytesRead;
    const bytes = Buffer.concat([opened.rest, chunk.subarray(0, bytesRead)]);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    opened.rest = Buffer.from(bytes.subarray(whole));
    for (const text of bytes.toString('utf8', 0, whole).split('\n')) if (text !== '') line(text);
  }
}
