import { catalogue, serviceNames, type Route, type ServiceName } from '../../domain/catalogue.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Routing } from '../../domain/routing.ts';

/** A route that a release's services have, with the service that owns it. */
export interface OwnedRoute extends Route {
  /** `storage.list` */
  readonly name: string;
  readonly service: ServiceName;
}

/** A release as a gateway sees it: what it answers, and where its services listen in this cluster. */
export interface ReleaseView {
  readonly release: Release;
  readonly routes: readonly OwnedRoute[];
  /** Ports on 127.0.0.1; empty when the release does not run here. */
  readonly ports: Readonly<Partial<Record<ServiceName, number>>>;
}

/** Requests a second, and how many may come at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a gateway lets through. */
export interface GatewayLimits {
  readonly bodyBytes: number;
  readonly perUser: Rate;
  readonly perAddress: Rate;
  /** The longest that nothing may move on a request, in either direction. */
  readonly silenceMs: number;
}

/**
 * A laptop has few users and one address, and its benches are its users too: the limits lie above what they send. A body
 * or an answer moves at least every 2 min (failures.md 7).
 */
export const laptopLimits: Omit<GatewayLimits, 'bodyBytes'> = {
  perUser: { perSecond: 10_000, burst: 20_000 },
  perAddress: { perSecond: 20_000, burst: 40_000 },
  silenceMs: 120_000,
};

/** The ports of a gateway on 127.0.0.1. */
export interface GatewayPorts {
  /** For clients, over HTTP. */
  readonly ingress: number;
  /** For the peer's gateway, over mTLS. */
  readonly peer: number;
}

/** Everything that a gateway's configuration is rendered from, but for keys and certificates. */
export interface GatewayView {
  readonly parity: Parity;
  readonly ports: GatewayPorts;
  /** The peer gateway's port for us. */
  readonly peerPort: number;
  readonly routing: Routing;
  /** Every release that the record names. */
  readonly releases: readonly ReleaseView[];
  readonly limits: GatewayLimits;
}

/** The routes of this checkout's catalogue. */
export const catalogueRoutes: readonly OwnedRoute[] = serviceNames.flatMap(service =>
  Object.entries<Route>(catalogue[service].routes).map(([name, route]) => ({
    ...route,
    name: `${service}.${name}`,
    service,
  })),
);
