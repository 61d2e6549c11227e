import { CommanderError } from 'commander';
import { errorCodes, ParityError } from '../domain/errors.ts';
import { knownError } from '../domain/file-fault.ts';

/** The CLI's exit codes: done, failed, wrong usage, rolled back, waiting for a person. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** Where a failure is told, and how. */
export interface Reporting {
  readonly json: boolean;
  /** What shows how the command is used. */
  readonly help: string;
  /** Takes a line for stderr. */
  readonly mention: (line: string) => void;
}

/** Tells why a command ended, and gives the exit code: the only place where the CLI reports errors. */
export function reportError(error: unknown, { json, help, mention }: Reporting): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const told = asParityError(error, help);
  const { code, message } = told;
  if (json) mention(JSON.stringify({ error: { code, message } }));
  else mention(`parity: ${message}`);
  return errorCodes[code].exit;
}

function asParityError(error: unknown, help: string): ParityError {
  if (error instanceof CommanderError) return new ParityError('invalid_request', usageFault(error, help));
  const known = knownError(error);
  if (known !== undefined) return known;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ParityError('internal', `this is a fault of the CLI itself: ${detail}`);
}

/** Commander's words without its own names for things; with a suggestion they are two lines. */
function usageFault({ code, message }: CommanderError, help: string): string {
  if (code === 'commander.help') return 'Say what to do.';
  const said = message
    .replace(
      /^error: (?:command-argument value|option '[^']+ <(\S+)>' argument) ('.*?') is invalid(?: for argument '(\S+)')?\. /s,
      (_, ...[option, value, argument]: (string | undefined)[]) => `${value} is no ${option ?? argument}. `,
    )
    .replace(/^error: /, '');
  return `${said} (see ${help})`;
}
