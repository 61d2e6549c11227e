import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { installDebianRoot } from './debian.ts';
import type { DebianRoot } from './debian.ts';
import type { Machine, RunningEngine } from './engine.ts';
import { takeEngineFolder } from './engine-folder.ts';
import { installFerretDb } from './ferretdb.ts';
import type { FerretDb } from './ferretdb.ts';
import { choosePorts } from './ports.ts';
import { startPostgres } from './postgres.ts';
import type { RunningPostgres } from './postgres.ts';
import { untilReady } from './ready.ts';

/** Where a database of ours is to be. */
export interface DocumentDbOptions {
  readonly machine: Machine;
  readonly folder: string;
  /** The port for clients; chosen by the operating system when not given. */
  readonly port?: number;
}

const name = 'database';
const readyDeadlineMs = 30_000;
const graceMs = 400;

/** PostgreSQL with DocumentDB behind FerretDB, from the registries, supervised as one engine. */
export async function startDocumentDb({ machine, folder, port }: DocumentDbOptions): Promise<RunningEngine> {
  const [root, ferretDb] = await Promise.all([installDebianRoot(machine), installFerretDb(machine)]);
  const ports = await choosePorts(name, ['client', 'debug', 'postgres'] as const, { client: port });
  const postgres = await startPostgres({
    machine,
    root,
    folder: join(folder, 'postgres'),
    port: ports.postgres,
  });
  const front = await startFront({
    machine,
    ferretDb,
    postgres,
    folder: join(folder, 'ferretdb'),
    ports,
  }).catch(async (error: unknown) => {
    await postgres.kill();
    throw error;
  });
  return {
    name,
    url: `mongodb://${postgres.user}:${postgres.password}@127.0.0.1:${ports.client}/`,
    version: describeVersion(ferretDb, root),
    source: 'registries',
    pid: postgres.pid,
    ...asOne(front, postgres),
  };
}

interface FrontOptions {
  readonly machine: Machine;
  readonly ferretDb: FerretDb;
  readonly postgres: RunningPostgres;
  readonly folder: string;
  readonly ports: Readonly<Record<'client' | 'debug' | 'postgres', number>>;
}

async function startFront({
  machine,
  ferretDb,
  postgres,
  folder: given,
  ports,
}: FrontOptions): Promise<Child> {
  await mkdir(given, { recursive: true, mode: 0o700 });
  const folder = await takeEngineFolder('FerretDB', given);
  const backend = `postgres://${postgres.user}:${postgres.password}@127.0.0.1:${ports.postgres}/postgres`;
  const addresses = [`--listen-addr=127.0.0.1:${ports.client}`, `--debug-addr=127.0.0.1:${ports.debug}`];
  const child = await startChild(machine, {
    name: 'FerretDB',
    program: ferretDb.program,
    args: [...addresses, '--telemetry=disable', '--log-level=warn', `--state-dir=${folder}`],
    env: { HOME: folder, FERRETDB_POSTGRESQL_URL: backend },
    cwd: folder,
    logFile: join(folder, 'ferretdb.log'),
    stopSignal: 'SIGTERM',
    graceMs,
  });
  const check = async () =>
    (await fetch(`http://127.0.0.1:${ports.debug}/debug/readyz`)).ok ? true : undefined;
  await untilReady(child, { name: 'FerretDB', check, deadlineMs: readyDeadlineMs });
  return child;
}

/** Either is useless alone: when one ends, the other is ended too, and the engine has ended. */
function asOne(front: Child, back: Child): Pick<RunningEngine, 'exited' | 'stop' | 'kill'> {
  const kill = async () => {
    await Promise.all([front.kill(), back.kill()]);
  };
  let stopping: Promise<void> | undefined;
  const exited = Promise.race([front.exited, back.exited]).then(async how => {
    await (stopping ?? kill());
    return how;
  });
  const stop = () => (stopping ??= front.stop().then(() => back.stop()));
  return { exited, stop, kill };
}

function describeVersion(ferretDb: FerretDb, { versions }: DebianRoot): string {
  const postgres = versions['postgresql-18'];
  return `FerretDB ${ferretDb.version}, DocumentDB ${versions['postgresql-18-documentdb']}, PostgreSQL ${postgres}`;
}
