import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import { dyingWithUs } from './dying-with-us.ts';
import type { Machine } from './engine.ts';
import { killAll, processTree, signal } from './process-tree.ts';
import { findProgram } from './programs.ts';

/** A program to run. */
export interface Command {
  /** As people know it, for messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the program: nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** A program that is to stay, with what is needed to watch and to end it. */
export interface ChildOptions extends Command {
  /** Takes its output; the file of the run before is kept as `<file>.before`. */
  readonly logFile: string;
  /** The signal at which it ends in order. */
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end in order before it is killed. */
  readonly graceMs: number;
  /** What it gets when we die, however we die. @default SIGKILL */
  readonly deathSignal?: NodeJS.Signals;
}

/** A program that we started and answer for. */
export interface Child {
  readonly pid: number;
  /** Resolves with how it ended: `PostgreSQL ended with SIGKILL`. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** The last lines that it wrote, for messages. */
  lastWords(): Promise<string>;
}

/**
 * Starts a program in its own session (a Ctrl-C in the terminal reaches us alone) and, where util-linux has `setpriv`,
 * such that it dies with us however we die. It must be called from the main thread: a death signal follows the thread.
 *
 * @throws ParityError `engine_failed` when the program cannot be executed
 */
export async function startChild(machine: Machine, options: ChildOptions): Promise<Child> {
  const setpriv = await findProgram(machine, 'setpriv');
  const [program, ...args] = dyingWithUs(setpriv, options);
  await rename(options.logFile, `${options.logFile}.before`).catch(() => {});
  const log = await open(options.logFile, 'a', 0o600);
  const { cwd, env } = options;
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log.fd, log.fd] });
  const exited = outcome(child, options.name);
  await log.close();
  if (child.pid === undefined) throw new ParityError('engine_failed', await exited);
  return controls(child.pid, exited, options);
}

function controls(pid: number, exited: Promise<string>, options: ChildOptions): Child {
  // Once it is reaped its number may belong to a stranger.
  let ended = false;
  void exited.then(() => (ended = true));
  const ownTree = async () => (ended ? [] : processTree(pid));
  const kill = async () => {
    await killAll(await ownTree());
    await exited;
  };
  const stop = async () => {
    const tree = await ownTree();
    if (!ended) signal(pid, options.stopSignal);
    await Promise.race([exited, pause(options.graceMs, undefined, { ref: false })]);
    await killAll(tree);
    await exited;
  };
  const lastWords = async () =>
    (await readFile(options.logFile, 'utf8')).trim().split('\n').slice(-12).join('\n');
  return { pid, exited, stop, kill, lastWords };
}

/**
 * Runs a program to its end and returns what it wrote; after `withinMs`, if that is given, it is killed.
 * @throws ParityError `engine_failed` with its last lines
 */
export async function runToEnd(command: Command & { readonly withinMs?: number }): Promise<string> {
  const { cwd, env, withinMs } = command;
  const child = spawn(command.program, command.args, {
    ...{ cwd, env, stdio: ['ignore', 'pipe', 'pipe'] },
    ...(withinMs === undefined ? {} : { timeout: withinMs, killSignal: 'SIGKILL' }),
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = await outcome(child, command.name, 'close');
  if (child.exitCode === 0) return output;
  const isLate = withinMs !== undefined && child.killed;
  const end = isLate ? `${command.name} did not end within ${withinMs / 1000} s` : ended;
  throw new ParityError(
    'engine_failed',
    `${end}.\n${(errors || output).trim().split('\n').slice(-12).join('\n')}`,
  );
}

function outcome(child: ChildProcess, name: string, event: 'exit' | 'close' = 'exit'): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => resolve(`${name} could not be started: ${error.message}`));
    child.once(event, (code: number | null, by: string | null) =>
      resolve(`${name} ended with ${by ?? `code ${code}`}`),
    );
  });
}
