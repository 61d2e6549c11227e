import { createHash } from 'node:crypto';
import { renderTokenFilter, type TokenTrust } from './envoy/access-tokens.ts';
import { renderFolded } from './envoy/bootstrap.ts';
import { renderClusters } from './envoy/clusters.ts';
import { renderListeners } from './envoy/listeners.ts';
import { resourceName } from './envoy/names.ts';
import { renderPeerRoutes } from './envoy/peer-routes.ts';
import { typed, type EnvoyObject } from './envoy/resource.ts';
import { renderIngressRoutes } from './envoy/routes.ts';
import { fileOf, foldedIn, watchedFiles } from './envoy/sources.ts';
import { renderSecrets, type GatewayIdentity } from './envoy/tls.ts';
import type { GatewayView } from './gateway-view.ts';

/** The watched folder and the access log, as seen from the gateway's own folder. */
export const watchedFolder = 'watched';
export const accessLogFile = 'access.jsonl';

/** Everything that a gateway's configuration follows from. */
export interface GatewayInputs {
  readonly view: GatewayView;
  readonly trust: TokenTrust;
  readonly identity: GatewayIdentity;
}

/** A file of the watched folder: what Envoy calls a discovery response. */
export interface ConfigurationFile {
  /** Without `.json`. */
  readonly name: string;
  /** Changes with the content alone; Envoy reports it back. */
  readonly version: string;
  readonly text: string;
}

const type = {
  cluster: 'config.cluster.v3.Cluster',
  listener: 'config.listener.v3.Listener',
  routes: 'config.route.v3.RouteConfiguration',
  extension: 'config.core.v3.TypedExtensionConfig',
  secret: 'extensions.transport_sockets.tls.v3.Secret',
} as const;

/** The clusters as they are to be, with those of `before` that are needed until nobody is sent there any more. */
export function renderClusterFile({ view }: GatewayInputs, before: readonly EnvoyObject[] = []) {
  const clusters = renderClusters(view, watchedFiles(watchedFolder));
  const names = new Set(clusters.map(({ name }) => name));
  const all = [...clusters, ...before.filter(({ name }) => !names.has(name))];
  return { clusters: all, file: fileWith(fileOf.clusters, type.cluster, all) };
}

/** Every other file. */
export function renderFiles({ view, trust, identity }: GatewayInputs): ConfigurationFile[] {
  const sources = watchedFiles(watchedFolder);
  const filter = { name: resourceName.tokenFilter, typed_config: renderTokenFilter(trust) };
  return [
    ...renderSecrets(identity).map(secret =>
      fileWith(fileOf.secret(String(secret['name'])), type.secret, [secret]),
    ),
    fileWith(fileOf.filter(resourceName.tokenFilter), type.extension, [filter]),
    fileWith(fileOf.routes(resourceName.peerRoutes), type.routes, [renderPeerRoutes(view)]),
    fileWith(fileOf.routes(resourceName.ingressRoutes), type.routes, [renderIngressRoutes(view)]),
    fileWith(fileOf.listeners, type.listener, renderListeners(view, { sources, accessLogFile })),
  ];
}

/** The same, folded into one bootstrap that `envoy --mode validate` reads as a whole. */
export function renderForValidation({ view, trust, identity }: GatewayInputs): EnvoyObject {
  const sources = foldedIn({
    routes: {
      [resourceName.ingressRoutes]: renderIngressRoutes(view),
      [resourceName.peerRoutes]: renderPeerRoutes(view),
    },
    filters: { [resourceName.tokenFilter]: renderTokenFilter(trust) },
  });
  return renderFolded(view.parity, {
    clusters: renderClusters(view, sources),
    listeners: renderListeners(view, { sources, accessLogFile: '/dev/null' }),
    secrets: renderSecrets(identity),
  });
}

function fileWith(name: string, kind: string, resources: readonly EnvoyObject[]): ConfigurationFile {
  const body = resources.map(resource => ({ ...typed(kind), ...resource }));
  const version = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
  return { name, version, text: JSON.stringify({ version_info: version, resources: body }) };
}
