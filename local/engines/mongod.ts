import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { runToEnd, startChild } from './child.ts';
import type { RunningEngine } from './engine.ts';
import type { DocumentDbOptions } from './documentdb.ts';
import { takeEngineFolder } from './engine-folder.ts';
import { choosePorts } from './ports.ts';
import { findProgram } from './programs.ts';
import { untilReady } from './ready.ts';
import { isInRange } from './version-range.ts';

/** The server versions that the MongoDB driver supports and MongoDB still repairs. */
const known = { from: '7.0', below: '9' };
const name = 'database';
const readyDeadlineMs = 30_000;
const graceMs = 1_800;

/** The `mongod` on PATH, on loopback and without authentication; undefined when there is none that we know. */
export async function startMongod({
  machine,
  folder,
  port,
}: DocumentDbOptions): Promise<RunningEngine | undefined> {
  const program = await findProgram(machine, 'mongod');
  if (!program) return undefined;
  const { env } = machine;
  const text = await runToEnd({ name: 'mongod --version', program, args: ['--version'], env, cwd: '/' });
  const version = /db version v(\S+)/.exec(text)?.[1] ?? '0';
  if (!isInRange(version, known)) {
    machine.progress(
      `engines: ${program} is MongoDB ${version}, not ${known.from} up to ${known.below}: left alone`,
    );
    return undefined;
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = await takeEngineFolder('MongoDB', join(folder, 'mongod'));
  const ports = await choosePorts(name, ['client'] as const, { client: port });
  const child = await startChild(machine, {
    name: 'MongoDB',
    program,
    args: ['--dbpath', data, '--bind_ip', '127.0.0.1', '--port', `${ports.client}`, '--nounixsocket'],
    env,
    cwd: data,
    logFile: join(folder, 'mongod.log'),
    stopSignal: 'SIGTERM',
    graceMs,
  });
  const check = async () => {
    const socket = connect({ port: ports.client, host: '127.0.0.1' });
    return once(socket, 'connect').finally(() => socket.destroy());
  };
  await untilReady(child, { name: 'MongoDB', check, deadlineMs: readyDeadlineMs });
  const { pid, exited, stop, kill } = child;
  return {
    name,
    url: `mongodb://127.0.0.1:${ports.client}/`,
    version,
    source: 'path',
    pid,
    exited,
    stop,
    kill,
  };
}
