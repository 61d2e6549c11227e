import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ParityError } from '../../domain/errors.ts';
import { dyingWithUs } from '../../local/engines/dying-with-us.ts';

/** A Node program that says `{"message":"serving","port":…}` when it serves. */
export interface ServerProgram {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** util-linux's `setpriv`, if there is one: then the server dies with us. */
  readonly setpriv: string | undefined;
}

/** A server in a process of its own. */
export interface RunningServer {
  readonly port: number;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Starts a server; resolves when it serves. @throws ParityError `service_failed` when it ends before. */
export async function startServer({ name, args, env = {}, setpriv }: ServerProgram): Promise<RunningServer> {
  const [program, ...all] = dyingWithUs(setpriv, { program: process.execPath, args });
  const child = spawn(program, all, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const port = await portOf(name, child);
  return {
    port,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function portOf(name: string, { stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new TypeError('a server that says nothing');
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    const { message, port } = JSON.parse(line) as { message: string; port?: number };
    if (message !== 'serving' || port === undefined) continue;
    // What it says from now on must not fill the pipe.
    stdout.resume();
    return port;
  }
  throw new ParityError('service_failed', `${name} ended before it served.`);
}
