import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import type { RunningEngine, Way } from './engine.ts';

/** What each way of having an engine leaves in its folder, and how people call the way. */
export type Makers = Readonly<Record<string, string>>;

interface InFolder {
  readonly folder: string;
}

/**
 * A folder stays with the way that made it: one that opens later (a program that was installed, a Docker engine that was
 * started) must not show an empty engine beside the full one. `mark` is what this way leaves in a folder.
 */
export function unlessMadeByOthers<Options extends InFolder, Engine extends RunningEngine>(
  makers: Makers,
  mark: string,
  way: Way<Options, Engine>,
): Way<Options, Engine> {
  return async options => {
    const maker = await makerOf(makers, options.folder);
    return maker === undefined || maker === mark ? way(options) : undefined;
  };
}

/**
 * The last way of all: says which way is missing. @throws ParityError `engine_missing` when another way made the folder.
 */
export function refuseLeftFolder<Options extends InFolder>(
  engine: string,
  makers: Makers,
): Way<Options, never> {
  return async ({ folder }) => {
    const maker = await makerOf(makers, folder);
    if (maker === undefined) return undefined;
    throw new ParityError(
      'engine_missing',
      `${engine} in ${folder} was written by ${makers[maker]}, which is not there any more. ` +
        'Bring it back, or begin anew in another folder.',
    );
  };
}

async function makerOf(makers: Makers, folder: string): Promise<string | undefined> {
  for (const mark of Object.keys(makers)) if (await exists(join(folder, mark))) return mark;
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
