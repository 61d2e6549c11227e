import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock, systemRandom, type Clock, type Random } from '../services/kit/ports.ts';
import { statePaths, type StatePaths } from '../local/state/state-paths.ts';
import type { OpenReleases } from './open-releases.ts';
import { printable } from './printable.ts';
import { onceInterrupted } from './stop-signals.ts';
import { userName } from './user-name.ts';
import { realTerminal, type Terminal } from './terminal.ts';

/** All of the world that commands touch. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: StatePaths;
  /** A line to stdout: what was asked for. */
  readonly print: (line: string) => void;
  /** A line to stderr: what went wrong or is worth knowing besides. */
  readonly mention: (line: string) => void;
  readonly terminal: Terminal;
  /** Who is at work, for the journal. */
  readonly who: string;
  /** Has it called once when the person at the keyboard wants to leave; gives back how to stop listening. */
  readonly onInterrupt: (leave: () => void) => () => void;
  /** Everything that shipping a release on the running pair touches. */
  readonly openReleases: () => Promise<OpenReleases>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/** The world as it is. `PARITY_STATE` moves the state folder out of the checkout. */
export function realWorld(): World {
  const { env } = process;
  // Engines work in folders of their own: what is relative to ours would be another folder to them.
  const folder = resolve(env['PARITY_STATE'] || join(import.meta.dirname, '..', '.parity'));
  const paths = statePaths(folder);
  return {
    env,
    paths,
    print: line => void process.stdout.write(`${printable(line)}\n`),
    mention: line => void process.stderr.write(`${printable(line)}\n`),
    terminal: realTerminal(process),
    who: userName({ info: userInfo, env, uid: process.getuid?.() }),
    onInterrupt: onceInterrupted,
    // Loaded when wanted: half of the commands do without, and start in half the time.
    openReleases: async () => (await import('./open-releases.ts')).openReleases(paths),
    fetch,
    clock: systemClock,
    random: systemRandom,
  };
}
