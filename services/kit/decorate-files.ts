import type { FileSystem, ReadableFile, WritableFile } from './file-system.ts';

/** Each call on a file system, and each on a file that it opened. */
export type FileOperation =
  keyof FileSystem | Exclude<keyof WritableFile | keyof ReadableFile, keyof FileSystem>;

/** One call as it comes in. */
export interface FileCall {
  readonly operation: FileOperation;
  /** The name that the call is about, the newer one of two. */
  readonly path: string;
  /** What it has to write, to read at the most, or to sync; 0 for calls on names. */
  readonly bytes: number;
}

/**
 * Makes one call, as it sees fit. `abandon` ends what came of a call for which nobody waits any more.
 */
export type RunFileCall = <T>(
  call: FileCall,
  work: () => Promise<T>,
  abandon?: (result: T) => void,
) => Promise<T>;

/** Has `run` make every call on `files`, and on every file that it opens. */
export function decorateFiles(files: FileSystem, run: RunFileCall): FileSystem {
  const named =
    <T>(operation: FileOperation, work: (path: string) => Promise<T>) =>
    (path: string): Promise<T> =>
      run({ operation, path, bytes: 0 }, () => work(path));
  return {
    create: async path => {
      const call: FileCall = { operation: 'create', path, bytes: 0 };
      const abandon = (file: WritableFile) => unseen(() => file.close().finally(() => files.remove(path)));
      return writing(await run(call, () => files.create(path), abandon), path, run);
    },
    createWhole: (path, chunks) => {
      const call: FileCall = { operation: 'createWhole', path, bytes: bytesOf(chunks) };
      const abandon = () => unseen(() => files.remove(path));
      return run(call, () => files.createWhole(path, chunks), abandon);
    },
    open: async path => {
      const call: FileCall = { operation: 'open', path, bytes: 0 };
      const abandon = (file: ReadableFile) => unseen(() => file.close());
      return reading(await run(call, () => files.open(path), abandon), path, run);
    },
    link: (from, to) => run({ operation: 'link', path: to, bytes: 0 }, () => files.link(from, to)),
    rename: (from, to) => run({ operation: 'rename', path: to, bytes: 0 }, () => files.rename(from, to)),
    remove: named('remove', files.remove),
    list: named('list', files.list),
    state: named('state', files.state),
    makeFolder: named('makeFolder', files.makeFolder),
    syncFolder: named('syncFolder', files.syncFolder),
  };
}

function writing(file: WritableFile, path: string, run: RunFileCall): WritableFile {
  const { during, afterwards } = oneAfterTheOther();
  let written = 0;
  return {
    write: chunks => {
      const bytes = bytesOf(chunks);
      written += bytes;
      return run({ operation: 'write', path, bytes }, () => during(file.write(chunks)));
    },
    sync: () => run({ operation: 'sync', path, bytes: written }, () => during(file.sync())),
    close: () => run({ operation: 'close', path, bytes: 0 }, () => afterwards(() => file.close())),
  };
}

function reading(file: ReadableFile, path: string, run: RunFileCall): ReadableFile {
  const { during, afterwards } = oneAfterTheOther();
  return {
    read: (position, length) =>
      run({ operation: 'read', path, bytes: length }, () => during(file.read(position, length))),
    size: () => run({ operation: 'size', path, bytes: 0 }, () => during(file.size())),
    close: () => run({ operation: 'close', path, bytes: 0 }, () => afterwards(() => file.close())),
  };
}

/** Whoever waits no longer for a call closes the file: not before that call has ended, or it may hit another file. */
function oneAfterTheOther() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    during: <T>(work: Promise<T>): Promise<T> => {
      last = work;
      return work;
    },
    afterwards: (close: () => Promise<void>) => last.then(close, close),
  };
}

/** Nobody is there to be told of its failure. */
function unseen(work: () => Promise<void>): void {
  work().catch(() => {});
}

function bytesOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
