import { decorateFiles, type FileCall, type FileOperation, type RunFileCall } from './decorate-files.ts';
import type { FileSystem } from './file-system.ts';

/** Codes by which real file systems refuse. */
export type FileFault = 'ENOSPC' | 'EDQUOT' | 'EIO' | 'EROFS' | 'ESTALE' | 'ENOENT' | 'EEXIST';

/**
 * `fails` refuses without doing anything; `lies` does it and then refuses, as an NFS server does that got the same
 * request twice (failures.md 35); `hangs` waits for `calm` and goes on then.
 */
export type Disturbance =
  { readonly kind: 'fails' | 'lies'; readonly code: FileFault } | { readonly kind: 'hangs' };

/** A file system for tests that does as the one below until it is disturbed. */
export interface FaultyFileSystem extends FileSystem {
  /** Every call since the beginning, in order. */
  readonly calls: readonly FileCall[];
  /** Disturbs the next `times` calls of an operation. @default all of them until `calm` */
  disturb(operation: FileOperation, disturbance: Disturbance, times?: number): void;
  /** Ends all disturbances; what hangs goes on. */
  calm(): void;
}

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
  const run: RunFileCall = async (call, work) => {
    calls.push(call);
    const disturbance = take(call.operation);
    if (disturbance === undefined) return work();
    if (disturbance.kind === 'hangs') return calmed.promise.then(work);
    if (disturbance.kind === 'lies') await work();
    throw refusal(disturbance.code, call);
  };
  return {
    ...decorateFiles(files, run),
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

/** As Node makes them. */
function refusal(code: FileFault, { operation: syscall, path }: FileCall): Error {
  return Object.assign(new Error(`${code}: disturbed, ${syscall} '${path}'`), { code, syscall, path });
}
