import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keeperAnswer } from '../../domain/keeper-answer.ts';
import type { ReleaseRecord } from '../../domain/record.ts';

/** Answers services' question which releases are live, candidate and retiring. */
export interface KeeperEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * What the thin path needs of a keeper, and no more: `GET /roles` from the record. One process answers for both
 * clusters; each gets a keeper of its own (`release/keeper`) when there is something to ship.
 */
export async function startKeeperEndpoint(record: () => ReleaseRecord): Promise<KeeperEndpoint> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/roles') {
      response.writeHead(404).end();
      return;
    }
    const body = JSON.stringify(keeperAnswer(record()));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
