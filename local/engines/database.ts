import { startDocumentDb } from './documentdb.ts';
import type { DocumentDbOptions } from './documentdb.ts';
import { ofSomebodyElse, startInFirstWay } from './engine.ts';
import type { RunningEngine, Way } from './engine.ts';
import { checkGivenDatabase } from './given-database.ts';
import { refuseLeftFolder, unlessMadeByOthers, type Makers } from './made-by.ts';
import { startMongoContainer } from './mongo-container.ts';
import { startMongod } from './mongod.ts';

/** Which database to have, and where. */
export interface DatabaseOptions extends DocumentDbOptions {
  /** One that runs already (`mongodb:` or `mongodb+srv:`), instead of any of ours. */
  readonly url?: string;
}

/**
 * Has a database that speaks MongoDB's wire protocol running: the one given by URL, else `mongod` on PATH, else MongoDB
 * in a container, else FerretDB over DocumentDB from the registries. What was written with majority survives stop, kill
 * and restart.
 *
 * @throws ParityError `engine_missing`, `engine_failed`, `port_taken`, `already_running`, `invalid_configuration`
 */
export function startDatabase(options: DatabaseOptions): Promise<RunningEngine> {
  return startInFirstWay(ways, options);
}

const makers = {
  mongod: 'a mongod on PATH',
  container: 'a Docker engine',
  postgres: 'FerretDB from the registries',
} as const satisfies Makers;

const ways: readonly Way<DatabaseOptions, RunningEngine>[] = [
  given,
  unlessMadeByOthers(makers, 'mongod', startMongod),
  unlessMadeByOthers(makers, 'container', startMongoContainer),
  unlessMadeByOthers(makers, 'postgres', startDocumentDb),
  refuseLeftFolder('The database', makers),
];

async function given({ url }: DatabaseOptions): Promise<RunningEngine | undefined> {
  if (url === undefined) return undefined;
  await checkGivenDatabase(url);
  return { ...ofSomebodyElse('database', url), version: 'as given' };
}
