/** A program and its arguments, as `spawn` takes them. */
export type CommandLine = readonly [program: string, ...args: string[]];

/**
 * The command line by which a program gets SIGKILL when we die, however we die; the death signal follows the thread
 * that spawns it. `setpriv` is util-linux's, undefined where there is none: then the program is run as it is.
 */
export function dyingWithUs(
  setpriv: string | undefined,
  { program, args }: { readonly program: string; readonly args: readonly string[] },
): CommandLine {
  return setpriv === undefined
    ? [program, ...args]
    : [setpriv, '--pdeathsig', 'KILL', '--', program, ...args];
}
