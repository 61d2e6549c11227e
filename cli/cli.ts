import type { World } from './world.ts';

/** What every command is given. */
export interface Cli extends World {
  /** Prints a result: text for people or, with --json, one line for programs. */
  show(result: { readonly text: string; readonly json: unknown }): void;
  /** True with --json. */
  json(): boolean;
}
