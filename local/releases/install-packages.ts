import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, open, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { dyingWithUs } from '../engines/dying-with-us.ts';
import { installOnce } from '../engines/install-once.ts';
import { signal } from '../engines/process-tree.ts';
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
  /** How long npm may take. */
  readonly withinMs: number;
  /** Aborted when nobody wants them any more. */
  readonly stop: AbortSignal;
}

/**
 * Gives the source in `source` its packages, as its lock file has them; sources with the same lock file share one set.
 * @throws ParityError `install_failed` that names the log, also after `withinMs`; `not_running` after `stop`
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

async function npmCi(
  folder: string,
  { env, log, withinMs, stop }: PackageSurroundings & { log: string },
): Promise<void> {
  const [npm, setpriv] = await Promise.all(['npm', 'setpriv'].map(name => findProgram({ env }, name)));
  if (npm === undefined) {
    throw new ParityError('engine_missing', 'npm is not on PATH: a release from a ref needs it.');
  }
  const late = AbortSignal.timeout(withinMs);
  const [program, ...args] = dyingWithUs(setpriv, { program: npm, args: installing });
  const output = await open(log, 'w', 0o600);
  const code = await runGroup(AbortSignal.any([stop, late]), () =>
    spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', output.fd, output.fd] }),
  ).finally(() => output.close());
  if (code === 0) return;
  if (stop.aborted) throw new ParityError('not_running', 'Parity was stopped while it installed packages.');
  const failed = late.aborted ? `were not installed within ${withinMs / 1000} s` : 'could not be installed';
  throw new ParityError(
    'install_failed',
    `The packages ${failed}: see ${log}; is a package registry reachable?`,
  );
}

/** The exit code of the leader of a process group, all of which is killed when `stop` is aborted. */
async function runGroup(stop: AbortSignal, start: () => ChildProcess): Promise<number | null> {
  const child = start();
  const killGroup = () => child.pid !== undefined && signal(-child.pid, 'SIGKILL');
  stop.addEventListener('abort', killGroup);
  if (stop.aborted) killGroup();
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } finally {
    stop.removeEventListener('abort', killGroup);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
