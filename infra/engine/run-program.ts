import { spawn } from 'node:child_process';

/** What a program left behind. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a program runs. */
export interface ProgramPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end. A port, so that tests see what would have been run. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  place: ProgramPlace,
) => Promise<ProgramResult>;

/** The real thing. Rejects only when the program cannot be started. */
export const runProgram: RunProgram = (program, args, { cwd, env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject).once('close', code => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      resolve({ code: code ?? 1, stdout: text(out), stderr: text(err) });
    });
  });
