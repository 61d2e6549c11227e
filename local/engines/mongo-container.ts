import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectDatabase } from '../../services/kit/database/mongo-database.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { silentLog } from '../../services/kit/logger.ts';
import type { DocumentDbOptions } from './documentdb.ts';
import { dockerWith, ourselves } from './docker/docker-with.ts';
import type { Image } from './docker/have-image.ts';
import { startContainer } from './docker/start-container.ts';
import type { RunningEngine } from './engine.ts';
import { takeEngineFolder } from './engine-folder.ts';
import { keptSecret } from './kept-secret.ts';
import { choosePorts } from './ports.ts';
import { untilReady } from './ready.ts';

/** MongoDB's official image; its entry point makes the user and its password when the folder is empty. */
const image: Image = { name: 'mongo', tag: '8.0.13' };
const name = 'database';
const user = 'parity';
const readyDeadlineMs = 120_000;
const graceMs = 2_000;

/** MongoDB in a container; undefined when there is no Docker engine that could run it. */
export async function startMongoContainer(options: DocumentDbOptions): Promise<RunningEngine | undefined> {
  const docker = await dockerWith(options.machine, image);
  if (docker === undefined) return undefined;
  const folder = await takeEngineFolder('MongoDB', join(options.folder, 'container'));
  const data = await dataFolder(folder);
  const { client } = await choosePorts(name, ['client'] as const, { client: options.port });
  const password = await keptSecret(join(folder, 'password'));
  const container = await startContainer(docker, {
    ...{ name: 'MongoDB', image, folder: data, mountedAt: '/data/db', user: ourselves(), graceMs },
    command: ['docker-entrypoint.sh', 'mongod', '--bind_ip_all', '--port', `${client}`],
    env: { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: password },
    ports: [client],
    logFile: join(folder, 'mongod.log'),
  });
  const url = `mongodb://${user}:${password}@127.0.0.1:${client}/?authSource=admin&directConnection=true`;
  await untilReady(container, { name: 'MongoDB', check: () => answers(url), deadlineMs: readyDeadlineMs });
  await writeFile(join(folder, complete), '');
  const { exited, stop, kill } = container;
  return { name, url, version: image.tag, source: 'docker', pid: undefined, exited, stop, kill };
}

/** There once the database has answered: before, its first start may have died before it had a user. */
const complete = 'complete';

/** The folder with the data; what a first start left unfinished is begun anew, for nobody has used it. */
async function dataFolder(folder: string): Promise<string> {
  const data = join(folder, 'data');
  const isComplete = await access(join(folder, complete)).then(
    () => true,
    () => false,
  );
  if (!isComplete) await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  return data;
}

/** A port that is open proves nothing: Docker's own proxy answers there before the database does. */
async function answers(url: string): Promise<true | undefined> {
  const world = { clock: systemClock, random: systemRandom, log: silentLog };
  const database = connectDatabase({ ...world, url, name: 'parity' });
  try {
    return (await database.health()) ? true : undefined;
  } finally {
    await database.close();
  }
}
