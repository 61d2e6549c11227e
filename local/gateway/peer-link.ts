import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { laptopRelay, relay, type Relay } from '../front-door/relay.ts';

/** The way to a gateway's listener for its peer. On this machine it is a relay, so that it can be cut. */
export interface PeerLink {
  /** Where the peer comes in, on 127.0.0.1. */
  readonly port: number;
  /** Resets every connection, and each new one, until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens the way to the listener at `port`, which need not be there yet. */
export async function openPeerLink(port: number): Promise<PeerLink> {
  const relays = new Set<Relay>();
  let isCut = false;
  const cutAll = () => {
    for (const each of relays) each.cut();
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const each = relay(client, port, laptopRelay);
    relays.add(each);
    void each.closed.then(() => relays.delete(each));
    if (isCut) each.cut();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      cutAll();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      server.close();
      cutAll();
      await once(server, 'close');
    },
  };
}
