import { join } from 'node:path';
import { systemClock, systemRandom, type Clock, type Random } from '../services/kit/ports.ts';
import { statePaths, type StatePaths } from '../local/state/state-paths.ts';

/** All of the world that commands touch. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: StatePaths;
  /** A line to stdout: what was asked for. */
  readonly print: (line: string) => void;
  /** A line to stderr: what went wrong or is worth knowing besides. */
  readonly mention: (line: string) => void;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/** The world as it is. `PARITY_STATE` moves the state folder out of the checkout. */
export function realWorld(): World {
  const { env } = process;
  const folder = env['PARITY_STATE'] || join(import.meta.dirname, '..', '.parity');
  return {
    env,
    paths: statePaths(folder),
    print: line => void process.stdout.write(`${line}\n`),
    mention: line => void process.stderr.write(`${line}\n`),
    fetch,
    clock: systemClock,
    random: systemRandom,
  };
}
