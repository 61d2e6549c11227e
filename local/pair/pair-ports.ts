import { once } from 'node:events';
import { createServer } from 'node:net';
import { ParityError } from '../../domain/errors.ts';
import { parities, perParity, type Parity } from '../../domain/parity.ts';
import { fileErrorCode } from '../../services/kit/file-system.ts';
import { reservePorts } from '../engines/ports.ts';

/** The ports under which people find the pair. */
export interface PairPorts {
  readonly front: number;
  readonly gateways: Record<Parity, number>;
  readonly phones: number;
}

/** Where the front door listens when nobody says otherwise. */
export const defaultPort = 8080;

/**
 * The pair's ports from the front door's: odd's gateway, even's and the phones' page follow it.
 * @throws ParityError `invalid_configuration` when `given` (the value of PARITY_PORT) is no port with three after it.
 */
export function pairPorts(given: string | undefined): PairPorts {
  const text = given === undefined || given === '' ? `${defaultPort}` : given;
  const front = Number(text);
  if (!/^\d{1,5}$/.test(text) || front < 1 || front > 65_532) {
    throw new ParityError(
      'invalid_configuration',
      `PARITY_PORT must be a port from 1 to 65532, not "${given}".`,
    );
  }
  const gateways = perParity(parity => front + 1 + parities.indexOf(parity));
  return { front, gateways, phones: front + 3 };
}

/**
 * Makes sure that the pair's ports are free before anything is started, and that nothing of the pair takes them before
 * what listens there does.
 * @throws ParityError `port_taken` that names every taken one, and what to do.
 */
export async function takePorts(ports: PairPorts): Promise<void> {
  const wanted: readonly (readonly [number, string])[] = [
    [ports.front, 'the front door'],
    ...parities.map(parity => [ports.gateways[parity], `${parity}'s gateway`] as const),
    [ports.phones, "the phones' page"],
  ];
  const refusals = await Promise.all(wanted.map(([port]) => refusalOf(port)));
  const taken = wanted.filter((_, index) => refusals[index] !== undefined);
  if (taken.length === 0) return reservePorts(wanted.map(([port]) => port));
  const list = taken.map(([port, whose]) => `${port} (${whose})`).join(', ');
  if (refusals.includes('EACCES')) {
    const message = `This user may not listen on 127.0.0.1: port ${list}. Start on others: PARITY_PORT=9080 npm start takes 9080 to 9083.`;
    throw new ParityError('port_taken', message);
  }
  throw new ParityError(
    'port_taken',
    `Taken on 127.0.0.1: port ${list}. End what listens there (ss -ltnp shows it), ` +
      'or start on others: PARITY_PORT=9080 npm start takes 9080 to 9083.',
  );
}

/** Why nobody can listen there: it is taken, or not for this user; undefined where somebody can. */
async function refusalOf(port: number): Promise<'EADDRINUSE' | 'EACCES' | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'EADDRINUSE' || code === 'EACCES') return code;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return undefined;
}
