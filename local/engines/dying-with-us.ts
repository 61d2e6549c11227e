/** A program and its arguments, as `spawn` takes them. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** What is run, and how it dies. */
export interface ProgramToRun {
  readonly program: string;
  readonly args: readonly string[];
  /** What it gets when we die. @default SIGKILL */
  readonly deathSignal?: NodeJS.Signals;
}

/**
 * The command line by which a program gets its death signal when we die, however we die; the signal follows the thread
 * that spawns it. `setpriv` is util-linux's, undefined where there is none: then the program is run as it is.
 */
export function dyingWithUs(
  setpriv: string | undefined,
  { program, args, deathSignal = 'SIGKILL' }: ProgramToRun,
): CommandLine {
  return setpriv === undefined
    ? [program, ...args]
    : [setpriv, '--pdeathsig', deathSignal, '--', program, ...args];
}
