import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { AdminInterface } from './admin-interface.ts';
import { resourceName } from './envoy/names.ts';
import { fileOf } from './envoy/sources.ts';
import type { ConfigurationFile } from './render-gateway.ts';

const withinMs = 10_000;
/** At first after so long, then each time after twice as long: most files are taken at once. */
const firstPollMs = 2;
const longestPollMs = 64;

/** The name under which Envoy counts what it did with each file. */
const subscription: Readonly<Record<string, string>> = {
  [fileOf.clusters]: 'cluster_manager.cds',
  [fileOf.listeners]: 'listener_manager.lds',
  [fileOf.routes(resourceName.ingressRoutes)]: `http.ingress.rds.${resourceName.ingressRoutes}`,
  [fileOf.routes(resourceName.peerRoutes)]: `http.peer.rds.${resourceName.peerRoutes}`,
  [fileOf.filter(resourceName.tokenFilter)]:
    `extension_config_discovery.http_filter.${resourceName.tokenFilter}`,
  [fileOf.secret(resourceName.ownCertificate)]: `sds.${resourceName.ownCertificate}`,
  [fileOf.secret(resourceName.authorities)]: `sds.${resourceName.authorities}`,
};

/**
 * Waits until Envoy says that it works by these files: that they were renamed into its folder proves nothing. New
 * clusters have then been checked once, so that a route may lead to them.
 * @throws ParityError `gateway_refused` when it keeps to what it had; `unreachable` when it does not answer
 */
export async function readBack(
  admin: AdminInterface,
  files: readonly ConfigurationFile[],
  clock: Clock,
): Promise<void> {
  const deadline = clock.monotonic() + withinMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 2, longestPollMs)) {
    const missing = await notTaken(admin, files);
    if (missing.length === 0) return;
    if (clock.monotonic() > deadline) {
      const message = `The gateway does not take its new ${missing.join(', ')}; it works by what it had. Its log says why.`;
      throw new ParityError('gateway_refused', message);
    }
    await clock.delay(pollMs);
  }
}

/** True when Envoy works by these files now. @throws ParityError `unreachable` */
export async function worksBy(admin: AdminInterface, files: readonly ConfigurationFile[]): Promise<boolean> {
  return (await notTaken(admin, files)).length === 0;
}

async function notTaken(admin: AdminInterface, files: readonly ConfigurationFile[]): Promise<string[]> {
  const versions = await admin.statistics('version_text$', 'texts');
  const missing = files.filter(
    ({ name, version }) => versions.get(`${subscription[name]}.version_text`) !== version,
  );
  if (missing.length > 0) return missing.map(({ name }) => name);
  if (!files.some(({ name }) => name === fileOf.clusters)) return [];
  const warming = await admin.statistics('^cluster_manager.warming_clusters$', 'numbers');
  return warming.get('cluster_manager.warming_clusters') === '0' ? [] : ['clusters (being checked)'];
}
