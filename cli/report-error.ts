import { CommanderError } from 'commander';
import { errorCodes, isParityError, ParityError } from '../domain/errors.ts';

/** The CLI's exit codes: done, failed, wrong usage, rolled back, waiting for a person. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** Where a failure is told, and how. */
export interface Reporting {
  readonly json: boolean;
  /** Takes a line for stderr. */
  readonly mention: (line: string) => void;
}

/** Tells why a command ended, and gives the exit code: the only place where the CLI reports errors. */
export function reportError(error: unknown, { json, mention }: Reporting): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const told = asParityError(error);
  const { code, message } = told;
  if (json) mention(JSON.stringify({ error: { code, message } }));
  else mention(`parity: ${message}`);
  return errorCodes[code].exit;
}

function asParityError(error: unknown): ParityError {
  if (isParityError(error)) return error;
  if (error instanceof CommanderError) {
    const message =
      error.code === 'commander.help' ? 'Say what to do.' : error.message.replace(/^error: /, '');
    return new ParityError('invalid_request', `${message} (see ./parity --help)`);
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ParityError('internal', `this is a fault of the CLI itself: ${detail}`);
}
