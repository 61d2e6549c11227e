import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ParityError } from '../domain/errors.ts';
import { parities, perParity, type Parity } from '../domain/parity.ts';
import type { PairStatus } from '../local/control/control-api.ts';
import type { CrashPoint } from '../services/kit/crash-points.ts';
import { aDriver, type Driver } from './driver.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '..');
const cli = join(project, 'cli', 'main.ts');

/** A phone of the FCM stand-in, as its page knows it. */
interface Phone {
  readonly token: string;
  readonly shown: readonly {
    readonly document: string;
    readonly link: string;
    readonly receivedCount: number;
    /** When it came, epoch milliseconds. */
    readonly at: number;
  }[];
}

/** A pair that was started as its users start it, in a state folder of its own. */
export interface RunningPair {
  readonly url: string;
  readonly gateways: Readonly<Record<Parity, string>>;
  readonly folder: string;
  /** Seconds from the command to `Parity is up`. */
  readonly startedInS: number;
  /** Runs the CLI; its standard output. Rejects when it exits with anything but 0. */
  parity(...args: string[]): Promise<string>;
  /** A driver who talks to the front door, or to the gateway given by `to`. */
  driver(user: string, to?: string): Promise<Driver>;
  phone(installation: string): Promise<Phone['shown']>;
  /** The vault files that a document has. */
  vaultFiles(id: string): Promise<string[]>;
  /** Has the next process that reaches a crash point die there; `died` resolves when it did. */
  crashAt(point: CrashPoint): Promise<{ died: Promise<void> }>;
  /** Resolves when a cluster's services are ready. */
  untilReady(parity: Parity): Promise<void>;
  /** Resident memory of a cluster's services, in bytes. */
  residentBytes(parity: Parity): Promise<number>;
  /** Stops it with Ctrl-C; leaves the state. */
  stop(): Promise<void>;
  /** Starts it again on the same state. */
  restart(): Promise<RunningPair>;
  /** Deletes the state of a stopped pair. */
  forget(): Promise<void>;
}

/** Times for tests: what takes minutes in production takes seconds here. */
const testTimes: Times = { PARITY_SWEEP_AFTER_MS: '5000', PARITY_ORPHAN_AFTER_MS: '2000' };

type Times = Readonly<Partial<Record<'PARITY_SWEEP_AFTER_MS' | 'PARITY_ORPHAN_AFTER_MS', string>>>;

/** Starts a new pair on free ports; `{}` for the times of production. */
export async function startPairProcess(times: Times = testTimes): Promise<RunningPair> {
  return start({ folder: await mkdtemp(join(tmpdir(), 'parity-pair-')), port: await fourFreePorts(), times });
}

async function start(at: { folder: string; port: number; times: Times }): Promise<RunningPair> {
  const { folder, port, times } = at;
  const crashFile = join(folder, 'crash-at');
  const env = {
    ...process.env,
    ...times,
    PARITY_STATE: folder,
    PARITY_PORT: String(port),
    PARITY_CRASH_FILE: crashFile,
    // As under npm start: it stops when we die, however we die.
    npm_lifecycle_event: 'start',
  };
  const began = performance.now();
  const child = spawn(process.execPath, [cli, 'start'], {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await untilUp(child);
  const startedInS = (performance.now() - began) / 1000;
  const url = `http://127.0.0.1:${port}`;
  const gateway = (parity: Parity) => `http://127.0.0.1:${port + 1 + parities.indexOf(parity)}`;
  const parity = async (...args: string[]) =>
    (await run(process.execPath, [cli, ...args], { cwd: project, env })).stdout.trim();
  const status = async () => JSON.parse(await parity('status', '--json')) as PairStatus;
  return {
    url,
    folder,
    startedInS,
    gateways: perParity(gateway),
    parity,
    driver: async (user, to = url) => aDriver({ url: to, user, token: await parity('token', user) }),
    phone: async installation => {
      const answer = await fetch(`http://127.0.0.1:${port + 3}/phones`);
      const { phones } = (await answer.json()) as { phones: Phone[] };
      return phones.find(phone => phone.token === installation)?.shown ?? [];
    },
    vaultFiles: async id => {
      const files = await readdir(join(folder, 'vault', id.slice(-1)));
      return files.filter(file => file.startsWith(id));
    },
    crashAt: point => armCrash(crashFile, point),
    untilReady: of => poll(async () => (await status()).clusters[of].ready),
    residentBytes: async of => residentBytes((await status()).clusters[of].services[0]?.pid ?? 0),
    stop: () => stop(child),
    restart: () => start(at),
    forget: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Says what the pair says on its way up: long work shows progress, and every engine its version. */
async function untilUp(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    said.push(chunk.toString('utf8'));
    process.stderr.write(chunk);
  });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const ended = once(child, 'exit').then(() => {
    throw new ParityError('service_failed', `npm start ended before the pair was up:\n${said.join('')}`);
  });
  const up = (async () => {
    for await (const line of lines) {
      said.push(`${line}\n`);
      if (line.includes('Parity is up')) return;
    }
    // Its output may end before it does.
    await ended;
  })();
  await Promise.race([up, ended]);
  ended.catch(() => {});
  child.stdout?.resume();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}

/** Writes the point into the file that the services look into; whoever dies there deletes it first. */
async function armCrash(file: string, point: string): Promise<{ died: Promise<void> }> {
  await writeFile(file, point);
  return { died: poll(() => !existsSync(file)) };
}

/** Resident memory of a process. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Resolves when `holds`; looks often, for what it waits for gives no event across processes. @throws AssertionError when late */
export async function poll(holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  for (const until = performance.now() + withinMs; performance.now() < until;) {
    if (await holds()) return;
    await pause(25);
  }
  assert.fail(`it did not come true within ${withinMs} ms: ${holds.toString()}`);
}

/** Four ports in a row that nobody listens on now. */
async function fourFreePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all([0, 1, 2, 3].map(offset => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>(resolve => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  server.close();
  return free;
}
