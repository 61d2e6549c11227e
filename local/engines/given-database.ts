import { resolveSrv } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { ParityError } from '../../domain/errors.ts';

const patienceMs = 5_000;
const defaultPort = 27017;

interface Host {
  readonly host: string;
  readonly port: number;
}

/**
 * Makes sure that one of the hosts in a MongoDB connection string accepts connections. More is the data layer's to ask.
 *
 * @throws ParityError `invalid_configuration` when it is no connection string, `engine_failed` when nobody answers
 */
export async function checkGivenDatabase(url: string): Promise<void> {
  const { srv, list } = hostsIn(url);
  try {
    await Promise.any((srv ? await lookUp(list) : list.split(',').map(parseHost)).map(connects));
  } catch (cause) {
    const why = reasons(cause);
    throw new ParityError('engine_failed', `The database, given as ${list}, does not answer: ${why}.`, {
      cause,
    });
  }
}

/** Part of a password would be taken for a host, and told, where one is not written as a URL has it: `@` as `%40`. */
const connectionString = /^mongodb(?<srv>\+srv)?:\/\/(?:[^@/?]*@)?(?<list>[^@/?]+)(?:\/[^@?]*)?(?:\?.*)?$/;
const hostForm = /^(?:\[[\da-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i;

function hostsIn(url: string): { srv: boolean; list: string } {
  if (!/^mongodb(\+srv)?:\/\//.test(url)) {
    const message = 'The URL given for the database is not a mongodb: or mongodb+srv: URL.';
    throw new ParityError('invalid_configuration', message);
  }
  const { srv, list } = connectionString.exec(url)?.groups ?? {};
  if (list?.split(',').every(host => hostForm.test(host) && parseHost(host).port <= 65_535)) {
    return { srv: srv !== undefined, list };
  }
  throw new ParityError(
    'invalid_configuration',
    'The URL given for the database names no hosts as mongodb://user:password@host:27017/ does: ' +
      'write @ : / ? % in a name or a password as %40 %3A %2F %3F %25.',
  );
}

/** DNS seed list (MongoDB manual, "SRV Connection Format"). */
async function lookUp(name: string): Promise<Host[]> {
  const records = await resolveSrv(`_mongodb._tcp.${name}`);
  return records.map(record => ({ host: record.name, port: record.port }));
}

function parseHost(text: string): Host {
  const [, host = text, port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) };
}

async function connects(host: Host): Promise<void> {
  const socket = connect(host);
  await once(socket, 'connect', { signal: AbortSignal.timeout(patienceMs) }).finally(() => socket.destroy());
}

function reasons(error: unknown): string {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map(each => (each instanceof Error ? each.message || each.name : String(each))).join('; ');
}
