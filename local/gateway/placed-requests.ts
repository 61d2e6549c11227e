import { isParityError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import type { HealthyPlaces } from '../../domain/routing.ts';
import type { AdminInterface } from './admin-interface.ts';
import { servicesOf } from './envoy/clusters.ts';
import { clusterName } from './envoy/names.ts';
import type { ReleaseView } from './gateway-view.ts';

/** What a gateway sees that does not run. */
export const nowhere: HealthyPlaces = { here: false, peer: false };

/** Where all services of a release are ready in Envoy's eyes; nowhere when it does not answer. */
export async function placesSeen(admin: AdminInterface, view: ReleaseView): Promise<HealthyPlaces> {
  const healthy = await admin
    .statistics('^cluster\\.(here|peer)-.*\\.membership_healthy$', 'numbers')
    .catch(unlessUnreachable);
  const allOf = (place: 'here' | 'peer') =>
    servicesOf(view).every(at => healthy.get(`cluster.${clusterName[place](at)}.membership_healthy`) === '1');
  return { here: allOf('here'), peer: allOf('peer') };
}

/** Requests that services of a release are answering here, whichever gateway they entered by. */
export async function requestsUnderWay(admin: AdminInterface, release: Release): Promise<number> {
  const name = release.replace('.', '\\.');
  const active = await admin.statistics(`^cluster\\.here-${name}-[a-z-]+\\.upstream_rq_active$`, 'numbers');
  return [...active.values()].reduce((sum, count) => sum + Number(count), 0);
}

function unlessUnreachable(error: unknown): ReadonlyMap<string, string> {
  if (!isParityError(error, 'unreachable')) throw error;
  return new Map();
}
