import { readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { sayFileFault } from '../../domain/file-fault.ts';
import type { ObjectName, ObjectStore, Random, StoredObject } from '../ports.ts';
import { newNonce } from '../store/nonce.ts';

/** How many versions of an object stay; a writer that slept through so many others is told that it cannot tell. */
const versionsKept = 16;

const pattern = /^(\d{1,10})\.json$/;

/**
 * Objects in a folder for one machine: each has a folder of its own with a file per version, `7.json`, and the highest
 * is the object. A version is born whole, by a hard link of a finished file to a name that must be free, so that of any
 * number of writers one wins and a reader never meets half of it. Files are for their owner alone.
 */
export function fileObjects<Name extends string = ObjectName>({
  root,
  random,
}: {
  readonly root: string;
  readonly random: Random;
}): ObjectStore<Name> {
  return {
    read: name => saying('read', { name, root }, () => readNewest(join(root, name))),
    write: (name, text, expected) =>
      saying('written', { name, root }, () =>
        writeNext({ folder: join(root, name), text, expected, temporary: `${newNonce(random)}.new` }),
      ),
  };
}

/** The newest version's text at once, for whoever cannot wait; undefined when there is none. */
export function readObjectNow(root: string, name: ObjectName): string | undefined {
  const folder = join(root, name);
  const newest = Math.max(0, ...versionsIn(readdirSync(folder)));
  return newest === 0 ? undefined : readFileSync(join(folder, `${newest}.json`), 'utf8');
}

async function readNewest(folder: string): Promise<StoredObject | undefined> {
  const newest = await newestIn(folder);
  if (newest === 0) return undefined;
  const at = join(folder, `${newest}.json`);
  return { text: await readFile(at, 'utf8'), tag: String(newest), at };
}

async function writeNext(what: {
  readonly folder: string;
  readonly text: string;
  readonly expected: string | undefined;
  readonly temporary: string;
}): Promise<'written' | 'changed'> {
  const { folder, text } = what;
  const before = Number(what.expected ?? 0);
  const temporary = join(folder, what.temporary);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await newestIn(folder)) !== before) return 'changed';
  try {
    await writeSynced(temporary, text);
    if (!(await tryLink(temporary, join(folder, `${before + 1}.json`)))) return 'changed';
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
  await forgetOld(folder, before + 1);
  return 'written';
}

/** A name that was free because its version is long forgotten proves nothing: the writer slept. */
async function forgetOld(folder: string, mine: number): Promise<void> {
  const versions = versionsIn(await readdir(folder));
  const newest = Math.max(...versions);
  if (newest - mine >= versionsKept) {
    throw new ParityError(
      'record_unavailable',
      `${folder} moved from ${mine} to ${newest} in the middle of a write.`,
    );
  }
  const old = versions.filter(version => version <= newest - versionsKept);
  await Promise.all(old.map(version => rm(join(folder, `${version}.json`), { force: true })));
}

async function newestIn(folder: string): Promise<number> {
  try {
    return Math.max(0, ...versionsIn(await readdir(folder)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function versionsIn(names: readonly string[]): number[] {
  return names.flatMap(name => pattern.exec(name)?.[1] ?? []).map(Number);
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function saying<T>(
  what: 'read' | 'written',
  { name, root }: { name: string; root: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    const why = sayFileFault(cause, join(root, name)) ?? String(cause);
    throw new ParityError('record_unavailable', `The ${name} could not be ${what}. ${why}`, { cause });
  }
}
