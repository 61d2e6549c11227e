import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { startDocumentDb } from './documentdb.ts';
import type { DocumentDbOptions } from './documentdb.ts';
import { ofSomebodyElse, startInFirstWay } from './engine.ts';
import type { RunningEngine, Way } from './engine.ts';
import { checkGivenDatabase } from './given-database.ts';
import { startMongod } from './mongod.ts';

/** Which database to have, and where. */
export interface DatabaseOptions extends DocumentDbOptions {
  /** One that runs already (`mongodb:` or `mongodb+srv:`), instead of any of ours. */
  readonly url?: string;
}

/**
 * Has a database that speaks MongoDB's wire protocol running: the one given by URL, else `mongod` on PATH, else FerretDB
 * over DocumentDB from the registries. What was written with majority survives stop, kill and restart.
 *
 * @throws ParityError `engine_missing`, `engine_failed`, `port_taken`, `already_running`, `invalid_configuration`
 */
export function startDatabase(options: DatabaseOptions): Promise<RunningEngine> {
  return startInFirstWay(ways, options);
}

const ways: readonly Way<DatabaseOptions, RunningEngine>[] = [
  given,
  unlessMadeBy('postgres', startMongod),
  fromRegistries,
];

async function given({ url }: DatabaseOptions): Promise<RunningEngine | undefined> {
  if (url === undefined) return undefined;
  await checkGivenDatabase(url);
  return { ...ofSomebodyElse('database', url), version: 'as given' };
}

/** A folder stays with the engine that made it: a `mongod` installed later must not show an empty database. */
function unlessMadeBy(
  other: string,
  way: Way<DatabaseOptions, RunningEngine>,
): Way<DatabaseOptions, RunningEngine> {
  return async options => ((await exists(join(options.folder, other))) ? undefined : way(options));
}

async function fromRegistries(options: DatabaseOptions): Promise<RunningEngine> {
  if (await exists(join(options.folder, 'mongod'))) {
    throw new ParityError(
      'engine_missing',
      `The database in ${options.folder} was written by a mongod that is not on PATH any more. ` +
        'Put it there, or begin anew in another folder.',
    );
  }
  return startDocumentDb(options);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
