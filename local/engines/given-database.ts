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
  const match = /^mongodb(\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url);
  if (!match?.[2]) {
    throw new ParityError(
      'invalid_configuration',
      'The URL given for the database is not a mongodb: or mongodb+srv: URL.',
    );
  }
  const [, srv, list] = match;
  try {
    await Promise.any((srv ? await lookUp(list) : list.split(',').map(parseHost)).map(connects));
  } catch (cause) {
    const why = reasons(cause);
    throw new ParityError('engine_failed', `The database, given as ${list}, does not answer: ${why}.`, {
      cause,
    });
  }
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
