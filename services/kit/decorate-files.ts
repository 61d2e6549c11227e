import type { FileSystem, ReadableFile, WritableFile } from './file-system.ts';

/** Each call on a file system, and each on a file that it opened. */
export type FileOperation =
  keyof FileSystem | Exclude<keyof WritableFile | keyof ReadableFile, keyof FileSystem>;

/** Makes one call, as it sees fit; `path` is the name that the call is about, the newer one of two. */
export type RunFileCall = <T>(operation: FileOperation, path: string, work: () => Promise<T>) => Promise<T>;

/** Has `run` make every call on `files`, and on every file that it opens. */
export function decorateFiles(files: FileSystem, run: RunFileCall): FileSystem {
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
