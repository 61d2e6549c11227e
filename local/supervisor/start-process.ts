import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { dyingWithUs } from '../engines/dying-with-us.ts';
import { killAll, processTree, signal } from '../engines/process-tree.ts';
import type { Life } from './workload.ts';

/** A process of ours to run. */
export interface ProcessOptions {
  /** As people know it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Takes what it writes; stays open. */
  readonly log: Writable;
  /** util-linux's `setpriv`, if there is one: then the process dies with us, however we die. */
  readonly setpriv: string | undefined;
  /** How long it may take to end in order before it is killed. */
  readonly graceMs: number;
  readonly clock: Clock;
}

/**
 * Starts a process in its own session, so that a Ctrl-C in the terminal reaches us alone and we end things in order.
 * It must be called from the main thread: a death signal follows the thread.
 * @throws ParityError `service_failed` when the program cannot be executed.
 */
export async function startProcess(options: ProcessOptions): Promise<Life> {
  const { name, cwd, env, log, setpriv } = options;
  const [program, ...args] = dyingWithUs(setpriv, options);
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new ParityError('service_failed', `${name} cannot be started: ${String(cause)}`, { cause });
  }
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  return lifeOf(child, options);
}

function lifeOf(child: ChildProcess, { name, graceMs, clock }: ProcessOptions): Life {
  const pid = child.pid ?? 0;
  const exited = once(child, 'exit').then(([code, by]) => `${name} ended with ${by ?? `code ${code}`}`);
  const kill = async () => {
    await killAll(await processTree(pid));
    await exited;
  };
  const stop = async () => {
    signal(pid, 'SIGTERM');
    const ended = new AbortController();
    const late = clock.delay(graceMs, ended.signal).then(kill, () => {});
    await exited;
    ended.abort();
    await late;
  };
  return { pid, exited, stop, kill };
}
