import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Child } from '../child.ts';
import { asLongAsWeLive } from './as-long-as-we-live.ts';
import { createContainer } from './create-container.ts';
import { dockerRefused, type DockerApi, type DockerRequest } from './docker-api.ts';
import type { Image } from './have-image.ts';
import { withoutFrames } from './without-frames.ts';

/** A container to run. */
export interface ContainerOptions {
  /** As people know it, for messages. */
  readonly name: string;
  readonly image: Image;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Each is the same inside and on 127.0.0.1. */
  readonly ports: readonly number[];
  /** Where everything lies that it keeps; one container at a time works in it. */
  readonly folder: string;
  /** Where it sees the folder. */
  readonly mountedAt: string;
  /** Who it runs as, so that what it writes is ours: `1000:1000`. */
  readonly user: string;
  /** Takes its output; the file of the run before is kept as `<file>.before`. */
  readonly logFile: string;
  /** How long it may take to end in order before it is killed. */
  readonly graceMs: number;
}

/** A container that we started and answer for; when it has ended it is removed. */
export type Container = Omit<Child, 'pid'>;

/**
 * Starts a container that dies with us however we die, and is removed whenever it ends.
 * @throws ParityError `engine_failed`, `already_running`
 */
export async function startContainer(docker: DockerApi, options: ContainerOptions): Promise<Container> {
  const path = `/containers/${containerName(options.folder)}`;
  await createContainer(docker, {
    name: containerName(options.folder),
    title: options.name,
    body: bodyOf(options),
  });
  const removed = untilRemoved(docker, `${path}/wait`, options.name);
  const attached = await started(docker, path, options).catch(async (error: unknown) => {
    await docker.ask({ method: 'DELETE', path, query: { force: 'true' } });
    throw error;
  });
  return controls(docker, path, { ...options, ...attached, removed });
}

/** What a container says. */
interface Attached {
  readonly connection: Duplex;
  /** Resolves when all that came is in the file. */
  readonly logged: Promise<void>;
}

async function started(docker: DockerApi, path: string, { logFile }: ContainerOptions): Promise<Attached> {
  const connection = await docker.takeOver({
    method: 'POST',
    path: `${path}/attach`,
    query: { stream: '1', stdin: '1', stdout: '1', stderr: '1' },
  });
  await rename(logFile, `${logFile}.before`).catch(() => {});
  // A container that has ended takes its connection with it, in order or not; what it said is in the file.
  const file = createWriteStream(logFile, { mode: 0o600 });
  const logged = pipeline(connection, withoutFrames, file).catch(() => {});
  await must(docker, { method: 'POST', path: `${path}/start` }, [204]).catch((error: unknown) => {
    connection.destroy();
    throw error;
  });
  return { connection, logged };
}

interface Running extends ContainerOptions, Attached {
  readonly removed: Promise<string>;
}

/** Its last words may still be on the way when a container is gone; a connection that stays open is cut then. */
const lastWordsWithinMs = 1_000;

async function untilSaid({ connection, logged }: Attached): Promise<void> {
  await Promise.race([logged, pause(lastWordsWithinMs, undefined, { ref: false })]);
  connection.destroy();
  await logged;
}

function controls(docker: DockerApi, path: string, running: Running): Container {
  const { removed, graceMs, logFile } = running;
  const exited = removed.finally(() => untilSaid(running));
  // Not running any more (304, 409) or not there any more (404) is what was wanted.
  const end = async (request: DockerRequest) => {
    await must(docker, request, [204, 304, 404, 409]);
    await exited;
  };
  const seconds = String(Math.max(1, Math.round(graceMs / 1000)));
  return {
    exited,
    stop: () => end({ method: 'POST', path: `${path}/stop`, query: { t: seconds } }),
    kill: () => end({ method: 'POST', path: `${path}/kill`, query: { signal: 'SIGKILL' } }),
    lastWords: async () => (await readFile(logFile, 'utf8')).trim().split('\n').slice(-12).join('\n'),
  };
}

const waited = z.object({ StatusCode: z.int() });

/** Asked before it starts, so that no end can be missed. */
async function untilRemoved(docker: DockerApi, path: string, name: string): Promise<string> {
  try {
    const { text } = await docker.ask({ method: 'POST', path, query: { condition: 'removed' } });
    return `${name} ended with code ${waited.parse(JSON.parse(text)).StatusCode}`;
  } catch {
    return `${name} ended with its Docker engine`;
  }
}

function bodyOf(options: ContainerOptions) {
  const { image, command, env, ports, folder, mountedAt, user } = options;
  const published = ports.map(
    port => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: `${port}` }]] as const,
  );
  return {
    Image: `${image.name}:${image.tag}`,
    Entrypoint: ['sh', '-c', asLongAsWeLive, 'sh'],
    Cmd: command,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    User: user,
    // Closed when the one connection to it is.
    ...{ OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true },
    ExposedPorts: Object.fromEntries(published.map(([port]) => [port, {}])),
    HostConfig: {
      AutoRemove: true,
      PortBindings: Object.fromEntries(published),
      Mounts: [{ Type: 'bind', Source: folder, Target: mountedAt }],
      // Where SELinux is on, a folder of the user's is otherwise closed to containers.
      SecurityOpt: ['label=disable'],
    },
  };
}

/** One name for each folder: two containers in one folder are refused by the engine itself. */
function containerName(folder: string): string {
  return `parity-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}

async function must(docker: DockerApi, request: DockerRequest, statuses: readonly number[]): Promise<void> {
  const answer = await docker.ask(request);
  if (!statuses.includes(answer.status)) throw dockerRefused(request, answer);
}
