import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { ParityError } from '../../domain/errors.ts';

/** Ports by what they are for; those that are not given are to be chosen by the operating system. */
export type GivenPorts<Name extends string> = { readonly [name in Name]?: number | undefined };

/**
 * Completes the given ports with free ones, all different, on 127.0.0.1.
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
    for (const name of inOrder) held.set(name, await hold(owner, given?.[name]));
    return Object.fromEntries([...held].map(([name, server]) => [name, portOf(server)])) as Record<
      Name,
      number
    >;
  } finally {
    await Promise.all([...held.values()].map(release));
  }
}

async function hold(owner: string, port: number | undefined): Promise<Server> {
  try {
    return await listen(port ?? 0);
  } catch (cause) {
    throw new ParityError(
      'port_taken',
      `Port ${port}, wanted by ${owner}, is taken. End what listens there (ss -ltnp 'sport = :${port}') ` +
        'or choose another port.',
      { cause },
    );
  }
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
