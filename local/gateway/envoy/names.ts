import type { ServiceName } from '../../../domain/catalogue.ts';
import type { Release } from '../../../domain/release.ts';

/** A service of a release: what a request is sent to once release and route are known. */
export interface Destination {
  readonly release: Release;
  readonly service: ServiceName;
}

/** Envoy's clusters by what they stand for. */
export const clusterName = {
  here: ({ release, service }: Destination) => `here-${release}-${service}`,
  peer: ({ release, service }: Destination) => `peer-${release}-${service}`,
  /** Here, then at the peer, then the live release here. */
  placed: ({ release, service }: Destination) => `placed-${release}-${service}`,
  /** The live release here whether its services are ready or not: for the health check that moves DNS. */
  alive: 'alive',
} as const;

/**
 * How the entry gateway tells the peer's what it has decided. Taken from no client: both are removed from what comes in
 * before anything else looks at it, and the peer's listener only talks to gateways.
 */
export const decidedHeaders = { release: 'x-parity-release', service: 'x-parity-service' } as const;

/** Resources that Envoy fetches by name. */
export const resourceName = {
  ingressRoutes: 'ingress',
  peerRoutes: 'peer',
  tokenFilter: 'access-token',
  ownCertificate: 'own-certificate',
  authorities: 'authorities',
} as const;

/** The filter under whose name verified claims stand in a request's metadata, and their key there. */
export const claimsMetadata = { filter: 'envoy.filters.http.jwt_authn', key: 'claims' } as const;

/** The SPIFFE id of a cluster's gateway. */
export function gatewayIdentity(cluster: string): string {
  return `spiffe://parity.local/gateway/${cluster}`;
}
