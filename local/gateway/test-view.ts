import { serviceNames } from '../../domain/catalogue.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { catalogueRoutes, laptopLimits, type GatewayView, type ReleaseView } from './gateway-view.ts';

export const live = parseRelease('41');
export const candidate = parseRelease('42');

/** For tests: a release whose services listen on `port`, or do not run here. */
export function aRelease(release: Release, port?: number): ReleaseView {
  const ports = port === undefined ? {} : Object.fromEntries(serviceNames.map(name => [name, port]));
  return { release, routes: catalogueRoutes, ports };
}

/** For tests: what odd's gateway sees while 42 is being shipped to even, for nobody yet. */
export function aView(changes: Partial<GatewayView> = {}): GatewayView {
  return {
    parity: 'odd',
    ports: { ingress: 1001, peer: 1002 },
    peerPort: 2002,
    routing: { live: { parity: 'odd', release: live }, candidate, threshold: 0, cohorts: [] },
    releases: [aRelease(live, 3001), aRelease(candidate)],
    limits: { ...laptopLimits, bodyBytes: 2 ** 31 },
    ...changes,
  };
}
