import { isParityError, ParityError } from './errors.ts';

interface Meaning {
  readonly why: string;
  /** What to do. */
  readonly remedy: string;
}

const forbidden: Meaning = {
  why: 'this user may not do that',
  remedy: 'Run it as the owner, or give it to whoever runs this (chown, chmod)',
};
const full: Meaning = { why: 'its disk is full', remedy: 'Make room (df -h and df -i show where it lacks)' };
const open: Meaning = { why: 'too many files are open', remedy: 'Raise the limit (ulimit -n)' };

/** What the operating system's refusals of a file or folder mean (errno(3)). */
const meanings: Readonly<Record<string, Meaning>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: { why: 'its file system is read-only', remedy: 'Mount it writable, or choose another place' },
  ENOSPC: full,
  EDQUOT: { why: "the user's quota is used up", remedy: 'Make room (quota shows where it lacks)' },
  EEXIST: { why: 'a file lies where a folder belongs', remedy: 'Move it away, or choose another place' },
  ENOTDIR: { why: 'a part of that path is no folder', remedy: 'Move that away, or choose another place' },
  EISDIR: { why: 'a folder lies where a file belongs', remedy: 'Move it away' },
  ENOENT: { why: 'it, or what it points to, is not there', remedy: 'Bring it back, or choose another place' },
  ENAMETOOLONG: { why: 'its name is too long', remedy: 'Choose a shorter one' },
  ELOOP: { why: 'its symbolic links go round in a circle', remedy: 'Mend them' },
  EFBIG: { why: 'no file may grow so large', remedy: 'Raise the limit (ulimit -f)' },
  EIO: { why: 'its disk fails', remedy: 'Look at the disk (dmesg tells), and copy what it still gives' },
  EMFILE: open,
  ENFILE: open,
};

/**
 * What a file system's error says to people: to what it happened, why, and what to do about it. Undefined for every
 * other error. To write names no path, for the system has forgotten it by then: then it is `place`.
 */
export function sayFileFault(error: unknown, place = 'A file'): string | undefined {
  if (!isOfFiles(error)) return undefined;
  const { why, remedy } = meanings[error.code] as Meaning;
  return `${error.path ?? place} cannot be used: ${why} (${error.code}). ${remedy}.`;
}

/** An error as one of ours: one that is, and one of the file system; undefined for every other, which is a fault of ours. */
export function knownError(error: unknown): ParityError | undefined {
  if (isParityError(error)) return error;
  const said = sayFileFault(error);
  return said === undefined ? undefined : new ParityError('file_unavailable', said, { cause: error });
}

interface FileError extends Error {
  readonly code: string;
  readonly path?: string;
}

/** Node gives those of sockets and of starting a program codes and paths too. */
function isOfFiles(error: unknown): error is FileError {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return false;
  const { code, syscall } = error;
  if (typeof code !== 'string' || !Object.hasOwn(meanings, code)) return false;
  // Of too many open files it does not matter which one was to be opened.
  if (meanings[code] === open) return true;
  return typeof syscall === 'string' && !syscall.startsWith('spawn') && !('address' in error);
}
