import { peerOf, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ReleasePlace } from './pair-services.ts';

/** What is asked of a gateway. */
export type AskedGateway = Pick<Gateway, 'rendered' | 'sees'> & {
  readonly workload: { status(): Pick<ReturnType<Gateway['workload']['status']>, 'state'> };
};

/**
 * Whether users who are sent to a release are served by it in that cluster, whichever gateway they come in by: a step
 * that waits until a release is ready must not send anybody whom a gateway would still have to serve elsewhere. What a
 * gateway that does not run cannot tell makes a release no less ready, nor does a peer whose routes do not name it yet.
 */
export async function isServed(
  gateways: Readonly<Record<Parity, AskedGateway>>,
  { cluster, release }: ReleasePlace,
): Promise<boolean> {
  const own = gateways[cluster];
  const peer = gateways[peerOf(cluster)];
  const [atOwn, atPeer] = await Promise.all([
    !isRunning(own) || own.sees(release).then(({ here }) => here),
    !isRunning(peer) || !names(peer, release) || peer.sees(release).then(places => places.peer),
  ]);
  return atOwn && atPeer;
}

function isRunning({ workload }: AskedGateway): boolean {
  return workload.status().state === 'running';
}

function names(gateway: AskedGateway, release: Release): boolean {
  const { live, candidate } = gateway.rendered().routing;
  return release === live.release || release === candidate;
}
