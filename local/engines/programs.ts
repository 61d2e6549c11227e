import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import type { Machine } from './engine.ts';

/** The full path of a program on PATH; undefined when there is none. */
export async function findProgram(
  { env }: Pick<Machine, 'env'>,
  program: string,
): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(':').filter(folder => folder.startsWith('/'));
  for (const folder of folders) {
    const path = join(folder, program);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** What an installation needs a program for, so that its absence can be explained. */
export interface Need {
  readonly engine: string;
  readonly programs: readonly string[];
  /** The variable by which the engine can be given instead. */
  readonly urlVariables: string;
}

/** @throws ParityError `engine_missing` that names the engine, every missing program and the way out */
export async function requirePrograms(
  machine: Machine,
  { engine, programs, urlVariables }: Need,
): Promise<void> {
  const found = await Promise.all(programs.map(program => findProgram(machine, program)));
  const missing = programs.filter((_, index) => !found[index]);
  if (missing.length === 0) return;
  throw new ParityError(
    'engine_missing',
    `${engine} cannot be installed: ${missing.join(' and ')} not found on PATH. ` +
      `Install what is missing, or give a running one: ${urlVariables}.`,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
