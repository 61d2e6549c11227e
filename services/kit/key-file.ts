import { readFile, stat } from 'node:fs/promises';
import { ParityError } from '../../domain/errors.ts';
import { sayFileFault } from '../../domain/file-fault.ts';
import type { Log } from './logger.ts';
import type { Clock } from './ports.ts';

/** A file of keys that a rotation job rewrites while we run. */
export interface KeyFile<T> {
  /** The newest keys that could be read; never waits. @throws ParityError `keys_unavailable` when they are too old. */
  current(): T;
  /**
   * For whoever meets a key that it does not know: looks at the file first, unless that was done within
   * `recheckAfterMs`. @throws ParityError `keys_unavailable`
   */
  afterLook(): Promise<T>;
}

/** Where the keys are and how they are read. */
export interface KeyFileOptions<T> {
  readonly path: string;
  /** Throws when the text is no good set of keys. */
  readonly parse: (text: string) => T;
  readonly clock: Clock;
  readonly log: Log;
}

/** How soon a rewritten file is noticed once its keys are used; a rotation job waits longer than that. */
export const recheckAfterMs = 1_000;

/** Keys whose file has been away or broken this long are not used any more (failures.md 50). */
export const maxKeyAgeMs = 60 * 60_000;

/** Reads the file. @throws ParityError `invalid_configuration` when that fails the first time. */
export async function openKeyFile<T>({ path, parse, clock, log }: KeyFileOptions<T>): Promise<KeyFile<T>> {
  let held = await read(path, parse);
  let checkedAt = clock.monotonic();
  let looking: Promise<void> | undefined;
  /** Since when it is not known whether the keys still hold: from a look at the file until a look that succeeds. */
  let unsureSince: number | undefined;

  const recheck = async () => {
    try {
      if ((await stampOf(path)) !== held.stamp) {
        held = await read(path, parse);
        log.info({ path }, 'A key file was read again.');
      }
      unsureSince = undefined;
    } catch (error) {
      log.warn({ path, error }, 'A key file cannot be read: the keys read before stay in use for an hour.');
    } finally {
      looking = undefined;
    }
  };

  const lookIfDue = () => {
    const now = clock.monotonic();
    if (looking !== undefined || now - checkedAt < recheckAfterMs) return;
    checkedAt = now;
    unsureSince ??= now;
    looking = recheck();
  };

  const current = () => {
    lookIfDue();
    if (unsureSince !== undefined && clock.monotonic() - unsureSince > maxKeyAgeMs) throw tooOld();
    return held.keys;
  };

  return {
    current,
    afterLook: async () => {
      lookIfDue();
      await looking;
      return current();
    },
  };
}

async function read<T>(path: string, parse: (text: string) => T): Promise<{ keys: T; stamp: string }> {
  try {
    const stamp = await stampOf(path);
    return { keys: parse(await readFile(path, 'utf8')), stamp };
  } catch (cause) {
    const why =
      sayFileFault(cause) ?? `${path} does not hold the keys that belong there: put back one that does.`;
    throw new ParityError('invalid_configuration', `The key file ${why}`, { cause });
  }
}

/** Taken before the content is read: a file that changes in between is read once more. */
async function stampOf(path: string): Promise<string> {
  const { mtimeNs, size, ino } = await stat(path, { bigint: true });
  return `${ino}:${size}:${mtimeNs}`;
}

function tooOld(): ParityError {
  const message = 'The keys that this needs could not be read for too long: repeat later.';
  return new ParityError('keys_unavailable', message, { retryAfterS: 10 });
}
