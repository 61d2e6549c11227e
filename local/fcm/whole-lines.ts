import type { FileHandle } from 'node:fs/promises';

/** What of an open file is written to. */
export type AppendedFile = Pick<FileHandle, 'appendFile' | 'truncate' | 'close'>;

/** A file that grows by whole lines. */
export interface WholeLines {
  /** Resolves when the operating system has the line. One that fails leaves nothing, and the next may succeed. */
  append(line: string): Promise<void>;
  /** After what is being written. */
  close(): Promise<void>;
}

/** Appends to a file, opened for that, of `size` bytes: a disk that is full keeps half a line, which is cut off again. */
export function wholeLines(file: AppendedFile, size: number): WholeLines {
  let written = size;
  let last: Promise<void> = Promise.resolve();
  const append = async (line: string) => {
    try {
      await file.appendFile(`${line}\n`);
      written += Buffer.byteLength(line) + 1;
    } catch (error) {
      await file.truncate(written);
      throw error;
    }
  };
  return {
    append: line => {
      const next = last.then(() => append(line));
      last = next.catch(() => {});
      return next;
    },
    close: async () => {
      await last;
      await file.close();
    },
  };
}
