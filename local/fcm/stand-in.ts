import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock, Random } from '../../services/kit/ports.ts';
import { createApiServer } from './api-server.ts';
import { createPageServer } from './page-server.ts';
import { keepPhones } from './phone-journal.ts';
import { createPhones } from './phones.ts';
import { handOver } from './protocol-by-preface.ts';
import type { ProtocolServers } from './protocol-by-preface.ts';
import { createFaultScript } from './scripted-fault.ts';
import { createSendEndpoint } from './send-endpoint.ts';
import type { StandInAccount } from './service-account.ts';
import { createTokenEndpoint } from './token-endpoint.ts';

/** What the FCM stand-in needs. */
export interface FcmStandInOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where the phones' journal lies; made when missing. */
  readonly folder: string;
  /** Who may send: the public half of the key file that the senders hold (`publicAccount`). */
  readonly account: StandInAccount;
  readonly clock: Clock;
  readonly random: Random;
}

/** The running stand-in. */
export interface FcmStandIn {
  /** `http://127.0.0.1:<port>`: the base URL of the API, and the page. The token endpoint is `<url>/token`. */
  readonly url: string;
  readonly port: number;
  /** Cuts every connection and closes the journal. */
  close(): Promise<void>;
}

/**
 * Starts the FCM stand-in: Google's token endpoint and FCM HTTP v1 (HTTP/2 with prior knowledge), strict, and the
 * phones of all installations, live on a page (HTTP/1.1), on one port. What a phone shows survives a restart.
 * A device token's name can ask for an error (`scripted-fault.ts`). Rejects as `listen` does, e.g. EADDRINUSE.
 */
export async function startFcmStandIn(options: FcmStandInOptions): Promise<FcmStandIn> {
  const { account, clock, random } = options;
  const page = await readFile(join(import.meta.dirname, 'page.html'), 'utf8');
  const phones = await keepPhones(options.folder, createPhones());
  const listener = createServer();
  listener.listen({ port: options.port, host: '127.0.0.1' });
  await once(listener, 'listening').catch(async (error: unknown) => {
    await phones.close();
    throw error;
  });
  // From here to serveConnections nothing is awaited, so that no connection comes before its handler.
  const { port } = listener.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  const tokens = createTokenEndpoint({ account, audience: `${url}/token`, clock, random });
  const { projectId } = account;
  const fateOf = createFaultScript();
  const send = createSendEndpoint({ projectId, tokens, phones, fateOf, clock, random });
  const hangUp = serveConnections(listener, {
    http1: createPageServer({ page, phones, tokens, clock }),
    http2: createApiServer({ tokens, send }),
  });

  return {
    url,
    port,
    async close() {
      hangUp();
      await once(listener, 'close');
      await phones.close();
    },
  };
}

function serveConnections(listener: Server, servers: ProtocolServers): () => void {
  const sockets = new Set<Socket>();
  listener.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    handOver(socket, servers);
  });
  return () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  };
}
