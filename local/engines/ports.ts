import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { ParityError } from '../../domain/errors.ts';

/** Ports by what they are for; those that are not given are to be chosen. */
export type GivenPorts<Name extends string> = { readonly [name in Name]?: number | undefined };

/**
 * Ports that somebody in this process has, though nothing may listen there: he is still starting, or is dead and will
 * come back. They are his until the process ends.
 */
const reserved = new Set<number>();

/** Keeps ports from being chosen for anybody else in this process. */
export function reservePorts(ports: readonly number[]): void {
  for (const port of ports) reserved.add(port);
}

/**
 * Completes the given ports with free ones on 127.0.0.1, all different, and different from all that were chosen or
 * reserved before.
 *
 * @param owner who wants them, for the message
 * @throws ParityError `port_taken` when one that was given cannot be had
 */
export async function choosePorts<Name extends string>(
  owner: string,
  names: readonly Name[],
  given?: GivenPorts<NoInfer<Name>>,
): Promise<Record<Name, number>> {
  // Given ones first, and all held until the last is chosen, so that none is chosen twice.
  const inOrder = names.toSorted(
    (a, b) => Number(given?.[a] === undefined) - Number(given?.[b] === undefined),
  );
  const held = new Map<Name, Server>();
  try {
    const quiet = await quietPorts();
    for (const name of inOrder) held.set(name, await hold(owner, given?.[name], quiet));
    const chosen = [...held].map(([name, server]) => [name, portOf(server)] as const);
    reservePorts(chosen.map(([, port]) => port));
    return Object.fromEntries(chosen) as Record<Name, number>;
  } finally {
    await Promise.all([...held.values()].map(release));
  }
}

/** Above what the system's own services use. */
const firstPort = 10_240;
/** So many must lie below the range of outgoing connections, or they are not worth a search. */
const enoughPorts = 1_000;
const tries = 100;

/** Ports from `from` to below `to`. */
interface PortRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Ports that no outgoing connection is ever given (Linux: net.ipv4.ip_local_port_range): one that the system chose for
 * us could go to some client in the moment between our choice and the engine that listens there. Undefined where the
 * system leaves none.
 */
async function quietPorts(): Promise<PortRange | undefined> {
  const text = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const to = Number(text.split(/\s+/)[0]);
  return to >= firstPort + enoughPorts ? { from: firstPort, to } : undefined;
}

async function hold(owner: string, port: number | undefined, quiet: PortRange | undefined): Promise<Server> {
  if (port === undefined) return await holdAny(quiet);
  try {
    return await listen(port);
  } catch (cause) {
    throw new ParityError(
      'port_taken',
      `Port ${port}, wanted by ${owner}, is taken. End what listens there (ss -ltnp 'sport = :${port}') ` +
        'or choose another port.',
      { cause },
    );
  }
}

async function holdAny(quiet: PortRange | undefined): Promise<Server> {
  for (let tried = 0; quiet !== undefined && tried < tries; tried += 1) {
    const port = randomInt(quiet.from, quiet.to);
    if (reserved.has(port)) continue;
    const server = await listen(port).catch(() => undefined);
    if (server !== undefined) return server;
  }
  return await listen(0);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function release(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()));
}
