import { knownError } from '../../domain/file-fault.ts';

/** What of a process ends it. */
export type EndingProcess = Pick<NodeJS.Process, 'on' | 'exit'> & {
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>;
};

/**
 * Has whatever nobody catches end the process, after one line that says why it cannot go on; its supervisor decides
 * about another. Gives back the same for what was caught and cannot be helped.
 */
export function endByFault(own: EndingProcess): (fault: unknown) => never {
  const end = (fault: unknown): never => {
    own.stderr.write(`${explain(fault)}\n`);
    return own.exit(1);
  };
  own.on('uncaughtException', end).on('unhandledRejection', end);
  return end;
}

function explain(fault: unknown): string {
  const known = knownError(fault);
  if (known !== undefined) return `${known.code}: ${known.message}`;
  return String(fault instanceof Error ? fault.stack : fault);
}
