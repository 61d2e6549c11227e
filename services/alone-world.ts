import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ServiceName } from '../domain/catalogue.ts';
import { brokerVariable } from '../domain/dependencies.ts';
import { environmentOf, type Variable } from '../domain/environment.ts';
import { ParityError } from '../domain/errors.ts';
import { parities } from '../domain/parity.ts';
import { firstRecord, type ReleaseRecord } from '../domain/record.ts';
import { parseRelease, type Release } from '../domain/release.ts';
import { startFcmStandIn } from '../local/fcm/stand-in.ts';
import { prepareKeys } from '../local/keys/prepare-keys.ts';
import { signAccessToken } from '../local/keys/sign-access-token.ts';
import { readTokenSigningKey } from '../local/keys/token-signing-key.ts';
import { statePaths } from '../local/state/state-paths.ts';
import type { Keeper } from '../release/keeper/keeper.ts';
import { serveKeeper } from '../release/keeper/serve-keeper.ts';
import { testBrokerUrls } from './kit/broker/test-brokers.ts';
import { testEngineUrls } from './kit/database/test-engines.ts';
import { systemClock, systemRandom } from './kit/ports.ts';

/** For tests: one process for each service, with nothing in its environment but what its contract asks for. */
export interface AloneWorld {
  readonly environments: Readonly<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** Asks one of the processes, as this world's own driver. */
  ask(service: ServiceName, path: string, init?: RequestInit): Promise<Response>;
  /** The document's state once nothing more will happen by itself. */
  untilNotified(id: string): Promise<string>;
  /** The documents whose pushes a phone shows. */
  shownOn(token: string): Promise<string[]>;
  residentMiB(service: ServiceName): Promise<number>;
  /** Threads that a process has for calls on files, and for what else Node gives to threads. */
  fileThreads(service: ServiceName): Promise<number>;
  /** The exit code of a process, once it has ended by itself. */
  exitOf(service: ServiceName): Promise<number | null>;
  close(): Promise<void>;
}

/** Starts the services, told `more` than they must be; resolves when all of them serve. */
export async function aloneWorld(
  names: readonly ServiceName[],
  more: Readonly<Partial<Record<Variable, string>>> = {},
): Promise<AloneWorld> {
  const around = await surroundings();
  const running = names.map(name => ({ name, ...startAlone(name, around, more) }));
  const started = await Promise.all(
    running.map(
      async each => [each.name, { ...each, url: `http://127.0.0.1:${await portOf(each)}` }] as const,
    ),
  ).catch(async (error: unknown) => {
    await Promise.all(running.map(ended));
    await around.close();
    throw error;
  });
  const of = Object.fromEntries(started) as Record<ServiceName, Alone & { readonly url: string }>;
  const ask: AloneWorld['ask'] = (service, path, init) =>
    fetch(`${of[service].url}${path}`, {
      ...init,
      headers: { ...init?.headers, authorization: around.authorization },
    });
  return {
    environments: Object.fromEntries(
      started.map(([name, { env }]) => [name, env]),
    ) as AloneWorld['environments'],
    ask,
    untilNotified: async id => {
      for (;;) {
        const answer = await ask('storage', `/v1/documents/${id}`);
        const { state } = (await answer.json()) as { state: string };
        if (state !== 'accepted' && state !== 'stored') return state;
        await systemClock.delay(20);
      }
    },
    shownOn: async token => {
      const { phones } = (await (await fetch(`${around.fcm.url}/phones`)).json()) as { phones: Phone[] };
      return phones.flatMap(phone =>
        phone.token === token ? phone.shown.map(({ document }) => document) : [],
      );
    },
    residentMiB: service => residentMiB(of[service]),
    fileThreads: service => fileThreads(of[service]),
    exitOf: service => exitOf(of[service]),
    close: async () => {
      await Promise.all(Object.values(of).map(ended));
      await around.close();
    },
  };
}

interface Phone {
  readonly token: string;
  readonly shown: readonly { readonly document: string }[];
}

interface Alone {
  readonly name: ServiceName;
  readonly env: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
}

type Surroundings = Awaited<ReturnType<typeof surroundings>>;

async function surroundings() {
  // First, for without them nothing must be left open.
  const [brokers, [database]] = [testBrokerUrls(), testEngineUrls()];
  const folder = await mkdtemp(join(tmpdir(), 'parity-alone-'));
  const paths = statePaths(folder);
  const release = parseRelease(String(100_000 + (systemRandom.bytes(4).readUInt32BE() % 900_000)));
  const record = firstRecord({
    live: { parity: 'odd', release },
    at: new Date().toISOString(),
    who: 'test',
    nonce: 'n',
  });
  const keeper = await serveKeeper({ ...idle, keeper: keeperOf(record) });
  // The account's file names the stand-in's address, which is known only once that listens.
  const account = await prepareKeys(paths.keys, {
    tokenUri: 'http://127.0.0.1/token',
    clock: systemClock,
    random: systemRandom,
  });
  const fcm = await startFcmStandIn({
    port: 0,
    folder: paths.phones,
    account,
    clock: systemClock,
    random: systemRandom,
  });
  await prepareKeys(paths.keys, { tokenUri: `${fcm.url}/token`, clock: systemClock, random: systemRandom });
  const key = await readTokenSigningKey(paths.keys);
  const driver = { user: `driver-of-${release}`, roles: ['driver'], cohorts: [] } as const;
  const token = await signAccessToken(driver, { key, clock: systemClock });
  return {
    ...{ release, paths, keeper, fcm, brokers, databaseUrl: database?.url },
    authorization: `Bearer ${token}`,
    close: async () => {
      await Promise.all([keeper.close(), fcm.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A keeper that knows a record, and does nothing. */
function keeperOf(record: ReleaseRecord): Keeper {
  const nothing = async () => {};
  return { render: nothing, follow: nothing, judge: nothing, report: () => undefined, record: () => record };
}

const idle = { judgeEveryMs: 1_000, metrics: () => '', port: 0, clock: systemClock, tell: () => {} };

function startAlone(
  name: ServiceName,
  around: Surroundings,
  more: Readonly<Partial<Record<Variable, string>>>,
): Omit<Alone, 'name'> {
  const values = valuesOf(around);
  const { required } = environmentOf([name]);
  const env = Object.fromEntries([
    ['PARITY_SERVICES', name],
    ...required.map(variable => [variable, values[variable] ?? '']),
    ...Object.entries(more),
  ]) as Record<string, string>;
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return { env, process: child };
}

/** What every variable is in this world. */
function valuesOf({
  release,
  paths,
  keeper,
  fcm,
  brokers,
  databaseUrl,
}: Surroundings): Readonly<Partial<Record<Variable, string>>> {
  const brokerUrls = parities.map(parity => [brokerVariable(parity), brokers[parity]]);
  return {
    PARITY_CLUSTER: 'odd',
    PARITY_RELEASE: release satisfies Release,
    PARITY_LISTEN: '127.0.0.1:0',
    PARITY_PUBLIC_URL: 'http://parity.test',
    PARITY_TOKEN_KEYS: paths.keys.tokenVerifying,
    PARITY_SPOOL: paths.spool,
    PARITY_VAULT: paths.vault,
    PARITY_MASTER_KEY: paths.keys.master,
    PARITY_MONGODB_URL: databaseUrl,
    PARITY_LINK_KEYS: paths.keys.links,
    PARITY_FCM_URL: fcm.url,
    PARITY_FCM_CREDENTIALS: paths.keys.fcmAccount,
    PARITY_KEEPER_URL: keeper.url,
    ...(Object.fromEntries(brokerUrls) as Record<string, string>),
  };
}

/** The port that a process says it serves on. @throws ParityError `service_failed` when it ends before. */
async function portOf({ name, process: child }: Alone): Promise<number> {
  const stdout = child.stdout as Readable;
  for await (const line of createInterface({ input: stdout })) {
    const { message, port } = JSON.parse(line) as { message: string; port?: number };
    if (message !== 'serving' || port === undefined) continue;
    // What it says from now on must not fill the pipe.
    stdout.resume();
    return port;
  }
  throw new ParityError('service_failed', `${name} ended before it served.`);
}

async function residentMiB({ process: { pid } }: Alone): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}

/** The workers of libuv's pool, which does a call on a file each. */
async function fileThreads({ process: { pid } }: Alone): Promise<number> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const names = await Promise.all(tasks.map(task => readFile(`/proc/${pid}/task/${task}/comm`, 'utf8')));
  return names.filter(name => name.trim() === 'libuv-worker').length;
}

async function exitOf({ process: child }: Pick<Alone, 'process'>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** Resolves when it has ended in order, whenever that was. */
async function ended({ process: child }: Alone): Promise<void> {
  child.kill('SIGTERM');
  await exitOf({ process: child });
}
