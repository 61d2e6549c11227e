import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const cli = join(import.meta.dirname, '..', 'cli', 'main.ts');

/** A program that runs in a process of its own, as a person's command line would. */
export interface CliProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves with the exit code; null when it was killed. */
  readonly exited: Promise<number | null>;
  /** What it has printed until now, both streams. */
  readonly lines: readonly string[];
  kill(signal: 'SIGKILL' | 'SIGINT'): void;
}

/** Runs `./parity` for the pair whose state lies in `folder`; each line is handed on when it comes. */
export function startCli(
  folder: string,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): CliProcess {
  return start([cli, ...args], folder, onLine);
}

/** Runs a program of ours that works on the pair whose state lies in `folder`. */
export function startProgram(
  file: string,
  {
    folder,
    args,
    onLine = () => {},
  }: { folder: string; args: readonly string[]; onLine?: (line: string) => void },
): CliProcess {
  return start([file, ...args], folder, onLine);
}

function start(args: readonly string[], folder: string, onLine: (line: string) => void): CliProcess {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PARITY_STATE: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      lines.push(line);
      onLine(line);
    });
  }
  // `close` comes after the last line.
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { pid: child.pid, exited, lines, kill: signal => void child.kill(signal) };
}
