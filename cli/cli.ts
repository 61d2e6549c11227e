import type { ExitCode } from './report-error.ts';
import type { World } from './world.ts';

/** What every command is given. */
export interface Cli extends World {
  /** Prints a result: text for people or, with --json, one line for programs. */
  show(result: { readonly text: string; readonly json: unknown }): void;
  /** Ends with this code when the command is through; 0 if it is never said. */
  endWith(code: ExitCode): void;
  /** True with --json. */
  json(): boolean;
}
