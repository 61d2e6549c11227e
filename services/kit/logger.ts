import { pino, type DestinationStream } from 'pino';
import type { Identity } from './identity.ts';

/** Writes one line; `fields` never hold a document's content, and an error goes under the name `error`. */
export type WriteLog = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Where a process says what it does. */
export interface Log {
  readonly debug: WriteLog;
  readonly info: WriteLog;
  readonly warn: WriteLog;
  readonly error: WriteLog;
}

/** What every line says, and how much is said. */
export interface LoggerOptions extends Identity {
  /** The service, or the process when it runs several. */
  readonly service: string;
  /** @default 'info' */
  readonly level?: keyof Log;
  /** @default the process's stdout */
  readonly destination?: DestinationStream;
}

const redacted = '[redacted]';
const secretFields = ['authorization', 'token', 'link', 'password', 'secret', 'key', 'recipient'];

/** What looks like a secret wherever it stands, also inside messages and stacks of other people's errors. */
const secretForms = [
  /(?<=\b(?:Bearer|Basic) )[\w.~+/=-]+/gi,
  // JWT and JWE: base64url of a header that begins with `{"`, then two to four more parts.
  /\beyJ[\w-]+(?:\.[\w-]*){2,4}/g,
  /(?<=:\/\/)[^\s/@"\\]+(?=@)/g,
];

/** JSON lines to stdout, without secrets: fields by their names, everything else by its form. */
export function createLogger({ cluster, release, service, level = 'info', destination }: LoggerOptions): Log {
  const logger = pino(
    {
      level,
      base: { cluster, release, service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      messageKey: 'message',
      serializers: { error: describeError },
      redact: { paths: secretFields.flatMap(field => [field, `*.${field}`]), censor: redacted },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const writer =
    (method: keyof Log): WriteLog =>
    (fields, message) =>
      logger[method](fields, message);
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/** Says nothing; for tests. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function withoutSecrets(line: string): string {
  return secretForms.reduce((text, form) => text.replace(form, redacted), line);
}

/** Only the parts of an error that are made for reading; SDKs hang whole requests and connections on theirs. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const deeper = cause === undefined || depth === 3 ? undefined : describeError(cause, depth + 1);
  return { name, code, message, stack, cause: deeper };
}
