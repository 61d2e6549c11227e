import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AptSource } from './apt-sources.ts';
import { runToEnd } from './child.ts';
import type { Machine } from './engine.ts';

/** Which packages of Debian sid to fetch into which folder. */
export interface AptFetch {
  /** An apt state of our own; the packages come to lie in `cache/archives` below it. */
  readonly folder: string;
  readonly source: AptSource;
  readonly packages: readonly string[];
  /** Dependencies to leave out: apt is told that they are installed. */
  readonly pretended: readonly string[];
  /** What is being fetched, for people. */
  readonly title: string;
}

const progressEveryMs = 3_000;

/**
 * Fetches Debian packages and all they depend on, verified by apt as ever, without touching the machine's own apt
 * state: own lists and cache, an (almost) empty list of installed packages, no locks. Proxy and credentials stay the
 * machine's.
 *
 * @returns the package files
 * @throws ParityError `engine_failed` with apt's words
 */
export async function aptFetch(machine: Machine, fetch: AptFetch): Promise<string[]> {
  await writeState(fetch);
  machine.progress(`engines: asking Debian sid for ${fetch.title} …`);
  await aptGet(machine, fetch, ['update']);
  const archives = join(fetch.folder, 'cache/archives');
  const report = async () => {
    machine.progress(`engines: fetching ${fetch.title} (once): ${await megabytes(archives)} MB so far …`);
  };
  const timer = setInterval(() => void report(), progressEveryMs);
  try {
    await aptGet(machine, fetch, ['install', '--yes', '--download-only', ...fetch.packages]);
  } finally {
    clearInterval(timer);
  }
  return (await readdir(archives)).filter(name => name.endsWith('.deb')).map(name => join(archives, name));
}

async function writeState({ folder, source, pretended }: AptFetch): Promise<void> {
  for (const part of ['sources', 'state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, 'sources/sid.sources'), sidStanza(source));
  await writeFile(join(folder, 'status'), pretended.map(installedStanza).join('\n'));
}

/** The machine's archive, but its suite sid (deb822, because a key over several lines fits nowhere else). */
function sidStanza({ uri, signedBy }: AptSource): string {
  const lines = ['Types: deb', `URIs: ${uri}`, 'Suites: sid', 'Components: main'];
  return [...lines, ...(signedBy ? [`Signed-By: ${signedBy}`] : []), ''].join('\n');
}

function installedStanza(name: string): string {
  const fields = [
    'Status: install ok installed',
    'Architecture: amd64',
    'Multi-Arch: allowed',
    'Version: 9999',
  ];
  return [`Package: ${name}`, ...fields, 'Maintainer: Parity', 'Description: left out', ''].join('\n');
}

async function aptGet({ env }: Machine, { folder, title }: AptFetch, args: readonly string[]): Promise<void> {
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(folder, 'sources'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    // Container images switch these off, and apt then reads all of sid's lists once more for each command.
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    'Acquire::GzipIndexes': 'false',
    'Acquire::Languages': 'none',
    // A snapshot of the archive stays as old as it is.
    'Acquire::Check-Valid-Until': 'false',
    'APT::Architecture': 'amd64',
    'APT::Install-Recommends': 'false',
    // As root apt would fetch as the user _apt, which cannot write to a cache folder in root's home.
    'APT::Sandbox::User': '',
    'Debug::NoLocking': 'true',
    'pkgCacheGen::ForceEssential': ',',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await runToEnd({
    name: `apt-get ${args[0]} (for ${title})`,
    program: 'apt-get',
    args: ['-qq', ...options, ...args],
    env: { ...env, LC_ALL: 'C' },
    cwd: folder,
  });
}

async function megabytes(folder: string): Promise<number> {
  const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter(name =>
    name.endsWith('.deb'),
  );
  const sizes = await Promise.all(
    names.map(async name => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0),
  );
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
}
