import type { GatewayView } from '../gateway-view.ts';
import { servicesOf } from './clusters.ts';
import { clusterName, decidedHeaders, resourceName } from './names.ts';
import type { EnvoyObject } from './resource.ts';

/**
 * What the peer's gateway may ask of us: services here, and never a way back to it, whatever the records say. That is
 * the loop guard. The peer has decided the release; what does not run here is unavailable, so that it asks elsewhere.
 */
export function renderPeerRoutes({ releases }: GatewayView): EnvoyObject {
  const routes = releases.flatMap(servicesOf).map(at => ({
    name: `${at.release} ${at.service}`,
    match: {
      prefix: '/',
      headers: [
        { name: decidedHeaders.release, string_match: { exact: at.release } },
        { name: decidedHeaders.service, string_match: { exact: at.service } },
      ],
    },
    route: { cluster: clusterName.here(at), timeout: '0s' },
  }));
  const elsewhere = { name: 'gateway.not-here', match: { prefix: '/' }, direct_response: { status: 503 } };
  return {
    name: resourceName.peerRoutes,
    validate_clusters: true,
    virtual_hosts: [{ name: 'peer', domains: ['*'], routes: [...routes, elsewhere] }],
  };
}
