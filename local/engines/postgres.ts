import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd, startChild } from './child.ts';
import type { Child } from './child.ts';
import type { DebianRoot } from './debian.ts';
import type { Machine } from './engine.ts';
import { takeEngineFolder } from './engine-folder.ts';
import { keptSecret } from './kept-secret.ts';
import { ordinaryUser } from './ordinary-user.ts';
import type { OrdinaryUser } from './ordinary-user.ts';
import { killAll, processesIn } from './process-tree.ts';
import { untilReady } from './ready.ts';

/** Which PostgreSQL to start, and where. */
export interface PostgresOptions {
  readonly machine: Machine;
  readonly root: DebianRoot;
  /** Holds the data (`data/`), the password and the log. */
  readonly folder: string;
  readonly port: number;
}

/** PostgreSQL with DocumentDB, answering on loopback. */
export interface RunningPostgres extends Child {
  readonly user: string;
  readonly password: string;
}

interface Cluster extends PostgresOptions {
  readonly data: string;
  readonly password: string;
  readonly env: Record<string, string>;
  readonly asUser: OrdinaryUser;
}

const user = 'parity';
const name = 'PostgreSQL';
const readyDeadlineMs = 60_000;
/** A fast shutdown writes a checkpoint first. */
const graceMs = 1_500;

/** Starts PostgreSQL, made at first, with the DocumentDB extension. @throws ParityError `engine_failed` */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const cluster = await describeCluster(options);
  if (!(await exists(cluster.data))) await initialise(cluster);
  await endRemains(cluster.data);
  await takeEngineFolder(name, cluster.data);
  // Nobody works in the folder, so a lock file there is a killed run's; its number may be another process by now.
  await rm(join(cluster.data, 'postmaster.pid'), { force: true });
  await writeFile(join(cluster.data, 'postgresql.auto.conf'), settings(options.port));
  const child = await startChild(
    options.machine,
    cluster.asUser({
      name,
      program: join(bin(options.root), 'postgres'),
      args: ['-D', cluster.data],
      env: cluster.env,
      cwd: cluster.data,
      logFile: join(options.folder, 'postgres.log'),
      stopSignal: 'SIGINT',
      graceMs,
      // It ends its own processes at once then, and is as good as killed: the next start replays the log.
      deathSignal: 'SIGQUIT',
    }),
  );
  await untilReady(child, { name, check: () => isReady(cluster.data), deadlineMs: readyDeadlineMs });
  await createExtension(cluster).catch(async (error: unknown) => {
    await child.kill();
    throw error;
  });
  return { ...child, user, password: cluster.password };
}

async function describeCluster(options: PostgresOptions): Promise<Cluster> {
  const { folder, machine, root, port } = options;
  const password = await keptSecret(join(folder, 'password'));
  const passwordFile = join(folder, 'pgpass');
  await writeFile(passwordFile, `*:*:*:${user}:${password}\n`, { mode: 0o600 });
  const env = {
    PATH: machine.env['PATH'] ?? '',
    LC_ALL: 'C.UTF-8',
    // The machine may have no C.UTF-8 and no time zones of its own.
    LOCPATH: join(root.folder, 'usr/lib/locale'),
    TZ: 'GMT',
    // DocumentDB's workers come in by the front door as well.
    PGPASSFILE: passwordFile,
    PGPORT: `${port}`,
  };
  return { ...options, data: join(folder, 'data'), password, env, asUser: await ordinaryUser(machine) };
}

/** Beside its final place first, so that an interrupted one is begun anew. */
async function initialise({ machine, root, folder, data, env, asUser }: Cluster): Promise<void> {
  machine.progress('engines: making the database …');
  const fresh = `${data}.new`;
  await rm(fresh, { recursive: true, force: true });
  const authentication = [
    '--username',
    user,
    '--pwfile',
    join(folder, 'password'),
    '--auth',
    'scram-sha-256',
  ];
  const form = ['--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync', '--no-instructions', '-D', fresh];
  const program = join(bin(root), 'initdb');
  await runToEnd(asUser({ name: 'initdb', program, args: [...authentication, ...form], env, cwd: folder }));
  await rename(fresh, data);
}

/** `postgresql.auto.conf`: what differs from PostgreSQL's defaults, which are durable. */
function settings(port: number): string {
  return [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    "unix_socket_directories = ''",
    "shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'",
    "cron.database_name = 'postgres'",
    // pg_cron (TTL and index builds) would else connect to the port of the day on which the job was made.
    'cron.use_background_workers = on',
    'max_worker_processes = 16',
    // It looks for work every second; a row and a line about each would pile up for ever.
    'cron.log_run = off',
    'cron.log_statement = off',
    // DocumentDB lets racing writers of one unique key deadlock; with the default second a race lasts seconds.
    "deadlock_timeout = '10ms'",
    "timezone = 'GMT'",
    "log_timezone = 'GMT'",
    '',
  ].join('\n');
}

/**
 * Ends what a killed PostgreSQL has left behind. Its processes notice that it is gone and go, but for pg_cron's, which
 * turns in a circle while it waits for a job that nobody starts any more: nothing could be started beside it.
 */
async function endRemains(data: string): Promise<void> {
  const working = await processesIn(await realpath(data));
  const [postmaster] = await lockFile(data).catch(() => []);
  if (!working.some(({ pid }) => `${pid}` === postmaster)) await killAll(working);
}

/** It writes its state into the eighth line. */
async function isReady(data: string): Promise<true | undefined> {
  return (await lockFile(data))[7]?.trim() === 'ready' ? true : undefined;
}

/** The lines of PostgreSQL's lock file; its own number is the first (pidfile.h). */
async function lockFile(data: string): Promise<string[]> {
  return (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
}

async function createExtension({ root, folder, env, password }: Cluster): Promise<void> {
  const done = join(folder, 'extension-created');
  if (await exists(done)) return;
  const sql = 'create extension if not exists documentdb cascade';
  const args = ['--no-psqlrc', '--quiet', '-h', '127.0.0.1', '-U', user, '-d', 'postgres', '-c', sql];
  const program = join(bin(root), 'psql');
  await runToEnd({
    name: 'Creating the DocumentDB extension',
    program,
    args,
    env: { ...env, PGPASSWORD: password },
    cwd: folder,
  });
  await writeFile(done, '');
}

function bin(root: DebianRoot): string {
  return join(root.folder, 'usr/lib/postgresql/18/bin');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
