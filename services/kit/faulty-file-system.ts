import type { FileSystem, ReadableFile, WritableFile } from './file-system.ts';

/** What can be disturbed: each call on the file system, and each on a file that it opened. */
export type FileOperation =
  keyof FileSystem | Exclude<keyof WritableFile | keyof ReadableFile, keyof FileSystem>;

/** Codes by which real file systems refuse. */
export type FileFault = 'ENOSPC' | 'EDQUOT' | 'EIO' | 'EROFS' | 'ESTALE' | 'ENOENT' | 'EEXIST';

/**
 * `fails` refuses without doing anything; `lies` does it and then refuses, as an NFS server does that got the same
 * request twice (failures.md 35); `hangs` waits for `calm` and goes on then.
 */
export type Disturbance =
  { readonly kind: 'fails' | 'lies'; readonly code: FileFault } | { readonly kind: 'hangs' };

/** One call as it came in. */
export interface FileCall {
  readonly operation: FileOperation;
  readonly path: string;
}

/** A file system for tests that does as the one below until it is disturbed. */
export interface FaultyFileSystem extends FileSystem {
  /** Every call since the beginning, in order. */
  readonly calls: readonly FileCall[];
  /** Disturbs the next `times` calls of an operation. @default all of them until `calm` */
  disturb(operation: FileOperation, disturbance: Disturbance, times?: number): void;
  /** Ends all disturbances; what hangs goes on. */
  calm(): void;
}

type Run = <T>(operation: FileOperation, path: string, work: () => Promise<T>) => Promise<T>;

/** Decorates `files`. */
export function faultyFileSystem(files: FileSystem): FaultyFileSystem {
  const calls: FileCall[] = [];
  const disturbed = new Map<FileOperation, { disturbance: Disturbance; left: number }>();
  let calmed = Promise.withResolvers<void>();

  const take = (operation: FileOperation): Disturbance | undefined => {
    const found = disturbed.get(operation);
    if (found === undefined || found.left === 0) return undefined;
    found.left -= 1;
    return found.disturbance;
  };
  const run: Run = async (operation, path, work) => {
    calls.push({ operation, path });
    const disturbance = take(operation);
    if (disturbance === undefined) return work();
    if (disturbance.kind === 'hangs') return calmed.promise.then(work);
    if (disturbance.kind === 'lies') await work();
    throw refusal(disturbance.code, operation, path);
  };
  return {
    ...decorated(files, run),
    calls,
    disturb: (operation, disturbance, times = Infinity) => {
      disturbed.set(operation, { disturbance, left: times });
    },
    calm: () => {
      disturbed.clear();
      calmed.resolve();
      calmed = Promise.withResolvers();
    },
  };
}

function decorated(files: FileSystem, run: Run): FileSystem {
  return {
    create: async path => {
      const file = await run('create', path, () => files.create(path));
      return {
        write: chunks => run('write', path, () => file.write(chunks)),
        sync: () => run('sync', path, () => file.sync()),
        close: () => run('close', path, () => file.close()),
      };
    },
    createWhole: (path, chunks) => run('createWhole', path, () => files.createWhole(path, chunks)),
    open: async path => {
      const file = await run('open', path, () => files.open(path));
      return {
        read: (position, length) => run('read', path, () => file.read(position, length)),
        size: () => run('size', path, () => file.size()),
        close: () => run('close', path, () => file.close()),
      };
    },
    link: (from, to) => run('link', to, () => files.link(from, to)),
    rename: (from, to) => run('rename', to, () => files.rename(from, to)),
    remove: path => run('remove', path, () => files.remove(path)),
    list: folder => run('list', folder, () => files.list(folder)),
    state: path => run('state', path, () => files.state(path)),
    makeFolder: path => run('makeFolder', path, () => files.makeFolder(path)),
    syncFolder: folder => run('syncFolder', folder, () => files.syncFolder(folder)),
  };
}

/** As Node makes them. */
function refusal(code: FileFault, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: disturbed, ${syscall} '${path}'`), { code, syscall, path });
}
