import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { ParityError } from '../../domain/errors.ts';

const loopback = '127.0.0.1';

/** As many different free loopback ports as asked for, chosen by the operating system. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

/**
 * Completes the ports that were given with free ones, and checks that the given ones can be had.
 *
 * @param owner who wants them, for the message
 * @throws ParityError `port_taken`
 */
export async function choosePorts<Name extends string>(
  owner: string,
  names: readonly Name[],
  given: Readonly<Partial<Record<Name, number>>> = {},
): Promise<Record<Name, number>> {
  for (const name of names) await assertFree(owner, given[name]);
  const free = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, given[name] ?? free[index]])) as Record<
    Name,
    number
  >;
}

async function assertFree(owner: string, port: number | undefined): Promise<void> {
  if (port === undefined) return;
  try {
    await close(await listen(port));
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
    server.listen({ port, host: loopback }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()));
}
