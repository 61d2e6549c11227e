import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from './process-tree.ts';

const pollMs = 250;

/**
 * Fills a folder once for all processes of the user, atomically: `fill` works in a temporary sibling that takes the
 * target's name at the end, so a target that exists is complete. Whoever comes meanwhile waits; what an interrupted
 * process left is removed and begun anew. Should two ever fill at once, the first to finish wins.
 *
 * @param target the folder, named such that its contents never need to change
 */
export async function installOnce(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const lock = `${target}.lock`;
  while (!(await exists(target))) {
    if (!(await takeLock(lock))) {
      await pause(pollMs);
      continue;
    }
    try {
      if (!(await exists(target))) await fillAndRename(target, fill);
    } finally {
      await rm(lock, { force: true });
    }
  }
}

async function fillAndRename(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await removeAbandoned(target);
  const folder = `${target}.${process.pid}.${randomUUID()}`;
  try {
    await mkdir(folder);
    await fill(folder);
    await rename(folder, target);
  } catch (error) {
    if (!(await exists(target))) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A lock is a file that holds the number of a living process. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch {
    const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (owner && !isAlive(owner)) await rm(lock, { force: true });
    return false;
  }
}

async function removeAbandoned(target: string): Promise<void> {
  const prefix = `${basename(target)}.`;
  for (const name of await readdir(dirname(target))) {
    const owner = Number(/^(\d+)\./.exec(name.slice(prefix.length))?.[1]);
    if (!name.startsWith(prefix) || !owner || isAlive(owner)) continue;
    await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
