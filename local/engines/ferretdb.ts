import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineCacheFolder } from './cache-folder.ts';
import { runToEnd } from './child.ts';
import type { Machine } from './engine.ts';
import { installOnce } from './install-once.ts';
import { requirePrograms } from './programs.ts';

/** FerretDB, which speaks MongoDB's wire protocol over DocumentDB. */
export interface FerretDb {
  readonly program: string;
  readonly version: string;
}

const module = join(import.meta.dirname, 'ferretdb');
const package_ = 'github.com/FerretDB/FerretDB/v2/cmd/ferretdb';
const progressEveryMs = 10_000;

/**
 * FerretDB in the user's cache folder; the first time it is built from the Go module proxy, pinned by the hashes in
 * `ferretdb/go.sum`. Go's own caches are used as they are.
 *
 * @throws ParityError `engine_missing` without Go, `engine_failed` with the compiler's words
 */
export async function installFerretDb(machine: Machine): Promise<FerretDb> {
  await requirePrograms(machine, {
    engine: 'FerretDB',
    programs: ['go'],
    urlVariables: 'PARITY_MONGODB_URL',
  });
  const settings = { ...machine.env, CGO_ENABLED: '0', GOFLAGS: '-trimpath -mod=readonly', GOWORK: 'off' };
  const go = (...args: string[]) =>
    runToEnd({ name: `go ${args[0]} (FerretDB)`, program: 'go', args, env: settings, cwd: module });
  const target = join(engineCacheFolder(machine), `ferretdb-${await kindOf(await go('version'))}`);
  await installOnce(target, async folder => {
    let lastedMs = 0;
    const report = () => {
      machine.progress(`engines: building FerretDB (once; about a minute): ${lastedMs / 1000} s …`);
      lastedMs += progressEveryMs;
    };
    report();
    const timer = setInterval(report, progressEveryMs);
    try {
      await go('build', '-ldflags=-s -w', '-o', join(folder, 'ferretdb'), package_);
    } finally {
      clearInterval(timer);
    }
    await writeFile(join(folder, 'version'), await moduleVersion());
  });
  return { program: join(target, 'ferretdb'), version: await readFile(join(target, 'version'), 'utf8') };
}

async function kindOf(goVersion: string): Promise<string> {
  const parts = await Promise.all(['go.mod', 'go.sum'].map(name => readFile(join(module, name))));
  return createHash('sha256').update(Buffer.concat(parts)).update(goVersion).digest('hex').slice(0, 12);
}

async function moduleVersion(): Promise<string> {
  const text = await readFile(join(module, 'go.mod'), 'utf8');
  return /github\.com\/FerretDB\/FerretDB\/v2 v(\S+)/.exec(text)?.[1] ?? 'unknown';
}
