import { randomUUID } from 'node:crypto';
import { readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Release } from '../../domain/release.ts';

/** A release that stays, and the folder of its source. */
export interface KeptBuild {
  readonly release: Release;
  readonly folder: string;
}

/** What the registry and its installations leave in the folder of builds. */
const ours = /^(?:release-.+\.json|source-.+|packages-.+)$/;

/**
 * Deletes what belongs to none of the builds that stay: registrations, exported sources, packages. Only while nobody
 * can register another, for what is being prepared is named by nobody yet.
 */
export async function pruneBuilds(folder: string, kept: readonly KeptBuild[]): Promise<void> {
  const names = new Set((await Promise.all(kept.map(build => namesOf(folder, build)))).flat());
  const gone = (await readdir(folder)).filter(name => ours.test(name) && !names.has(name));
  await Promise.all(gone.map(name => remove(join(folder, name))));
}

async function namesOf(folder: string, { release, folder: source }: KeptBuild): Promise<string[]> {
  const registration = `release-${release}.json`;
  // The present checkout lies elsewhere, with packages of its own.
  if (relative(folder, dirname(source)) !== '') return [registration];
  const packages = basename(dirname(await realpath(join(source, 'node_modules'))));
  return [registration, basename(source), packages, `${packages}.log`];
}

/** Out of the way first: a folder that has its name is complete, also for whoever dies in the middle. */
async function remove(path: string): Promise<void> {
  const moved = `${path}.${process.pid}.${randomUUID()}`;
  await rename(path, moved);
  await rm(moved, { recursive: true, force: true });
}
