import {
  close as closeCallback,
  constants,
  fdatasync as fdatasyncCallback,
  fstat as fstatCallback,
  fsync as fsyncCallback,
  link as linkCallback,
  open as openCallback,
  read as readCallback,
  unlink as unlinkCallback,
  writev as writevCallback,
} from 'node:fs';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { bytesPassed, giveBack } from './passed-bytes.ts';

// On bare descriptors: a `FileHandle`, with its events and its promises, would be made for each small document.
const close = promisify(closeCallback);
const fdatasync = promisify(fdatasyncCallback);
const fstat = promisify(fstatCallback);
const fsync = promisify(fsyncCallback);
const link = promisify(linkCallback);
const open = promisify(openCallback);
const read = promisify(readCallback);
const unlink = promisify(unlinkCallback);
const writev = promisify(writevCallback);

/** A file being written; its content is durable once `sync` resolved. */
export interface WritableFile {
  /** Appends all of `chunks`, in order, and takes their memory over: once it resolves they are empty (`giveBack`). */
  write(chunks: readonly Uint8Array[]): Promise<void>;
  /** Makes content and length durable. After a failure the file is lost: never sync it again (failures.md 10). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A file being read. */
export interface ReadableFile {
  /** Bytes from `position`, fewer than asked for only at the end. */
  read(position: number, length: number): Promise<Buffer>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** An entry's life data. */
export interface FileState {
  readonly size: number;
  readonly modifiedAtMs: number;
}

/**
 * The shared file system as spool and vault use it. Errors are Node's (`code` ENOENT, EEXIST, ENOSPC …).
 */
export interface FileSystem {
  /** Creates and opens; rejects with EEXIST when the name is taken. */
  create(path: string): Promise<WritableFile>;
  /**
   * Creates a file of that content, durable when it resolves; EEXIST as `create`. What fails may leave a part. The memory
   * of `chunks` is taken over, as by `write`.
   */
  createWhole(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  open(path: string): Promise<ReadableFile>;
  /** Gives a file a second name, atomically and only if that name is free (EEXIST). */
  link(from: string, to: string): Promise<void>;
  /** Moves atomically, over whatever has the name. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a name; content when it was the last. Nothing happens if there is none. */
  remove(path: string): Promise<void>;
  list(folder: string): Promise<string[]>;
  state(path: string): Promise<FileState>;
  makeFolder(path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(folder: string): Promise<void>;
}

/** The `code` that Node gave an error: ENOENT, EADDRINUSE, ERR_STREAM_PREMATURE_CLOSE … */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The code of an error by which the operating system refused (ENOSPC, EIO …), not of a mistake of our own (ERR_…). */
export function systemErrorCode(error: unknown): string | undefined {
  const code = fileErrorCode(error);
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

const creating = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;

/** The machine's file system. Calls for `syncFolder` that come while one runs share the next. */
export function nodeFileSystem(): FileSystem {
  return {
    create: async path => writable(await open(path, creating, 0o600)),
    createWhole: async (path, chunks) => {
      // The write is the sync: one call less, and to a file server one round trip less.
      const file = writable(await open(path, creating | constants.O_DSYNC, 0o600));
      try {
        await file.write(chunks);
      } finally {
        await file.close();
      }
    },
    open: async path => readable(await open(path, 'r')),
    link,
    rename,
    remove: async path => {
      await unlink(path).catch((error: unknown) => {
        if (fileErrorCode(error) !== 'ENOENT') throw error;
      });
    },
    list: readdir,
    state: async path => {
      const { size, mtimeMs } = await stat(path);
      return { size, modifiedAtMs: mtimeMs };
    },
    makeFolder: async path => {
      await mkdir(path, { recursive: true, mode: 0o700 });
    },
    syncFolder: sharedByFolder(folderSyncer()),
  };
}

function writable(descriptor: number): WritableFile {
  return {
    write: async chunks => {
      let left = [...chunks];
      while (left.length > 0) {
        const { bytesWritten } = await writev(descriptor, left);
        left = dropBytes(left, bytesWritten);
      }
      chunks.forEach(giveBack);
    },
    sync: () => fdatasync(descriptor),
    close: () => close(descriptor),
  };
}

function dropBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = count;
  for (const chunk of chunks) {
    if (skip < chunk.length) left.push(chunk.subarray(skip));
    skip = Math.max(0, skip - chunk.length);
  }
  return left;
}

function readable(descriptor: number): ReadableFile {
  return {
    read: async (position, length) => {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await read(descriptor, buffer, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        bytesPassed(bytesRead);
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    size: async () => (await fstat(descriptor)).size,
    close: () => close(descriptor),
  };
}

/** Folders stay open, for there are few (`shards`) and each is synced for ever; one that fails is opened anew. */
function folderSyncer(): (folder: string) => Promise<void> {
  const descriptors = new Map<string, Promise<number>>();
  return async folder => {
    const descriptor = descriptors.get(folder) ?? open(folder, 'r');
    descriptors.set(folder, descriptor);
    try {
      await fsync(await descriptor);
    } catch (error) {
      descriptors.delete(folder);
      descriptor.then(close).catch(() => {});
      throw error;
    }
  };
}

/**
 * Lets callers share work per folder: whoever comes while a run is under way waits for the next one, which begins
 * after he asked and so covers him. If the run under way fails he fails with it, for the kernel reports lost writes
 * once, and they may have been his.
 */
function sharedByFolder(run: (folder: string) => Promise<void>): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const start = (folder: string): Promise<void> => {
    const done = run(folder).finally(() => {
      if (running.get(folder) === done) running.delete(folder);
    });
    running.set(folder, done);
    return done;
  };
  return folder => {
    const current = running.get(folder);
    if (current === undefined) return start(folder);
    const next =
      waiting.get(folder) ?? current.finally(() => waiting.delete(folder)).then(() => start(folder));
    waiting.set(folder, next);
    return next;
  };
}
