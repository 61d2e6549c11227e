import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, open, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { installOnce } from '../engines/install-once.ts';
import { findProgram } from '../engines/programs.ts';

/** What says which packages a release has. */
const manifests = ['package.json', 'package-lock.json', '.npmrc'];

/** Without what only tests and checks need. The pinned Node is among what stays. */
const installing = ['ci', '--omit=dev', '--no-fund', '--no-audit', '--loglevel=error'];

/** Where packages are kept, and what is needed to bring them. */
export interface PackageSurroundings {
  /** Holds a folder for each set of packages. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes one line about something that lasts. */
  readonly tell: (line: string) => void;
}

/**
 * Gives the source in `source` its packages, as its lock file has them; sources with the same lock file share one set.
 * @throws ParityError `install_failed` that names the log
 */
export async function installPackages(source: string, around: PackageSurroundings): Promise<void> {
  const lock = await readFile(join(source, 'package-lock.json'));
  const packages = join(
    around.folder,
    `packages-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`,
  );
  await installOnce(packages, async folder => {
    for (const name of manifests) await copyFile(join(source, name), join(folder, name)).catch(unlessMissing);
    around.tell(`packages of ${source}: npm ci …`);
    await npmCi(folder, { ...around, log: `${packages}.log` });
  });
  await symlink(join(packages, 'node_modules'), join(source, 'node_modules')).catch(unlessThere);
}

async function npmCi(folder: string, { env, log }: PackageSurroundings & { log: string }): Promise<void> {
  const npm = await findProgram({ env }, 'npm');
  if (npm === undefined) {
    throw new ParityError('engine_missing', 'npm is not on PATH: a release from a ref needs it.');
  }
  const output = await open(log, 'w', 0o600);
  try {
    const child = spawn(npm, installing, { cwd: folder, env, stdio: ['ignore', output.fd, output.fd] });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code === 0) return;
  } finally {
    await output.close();
  }
  throw new ParityError(
    'install_failed',
    `The packages could not be installed: see ${log}; is a package registry reachable?`,
  );
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
