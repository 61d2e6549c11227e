import type { Parity } from '../../../domain/parity.ts';
import { typed, type EnvoyObject } from './resource.ts';
import { fileOf, fromFile } from './sources.ts';

/** Connections that a gateway holds at once; further ones are closed at once. */
const maxConnections = 8192;

/** The admin interface, in the gateway's own folder: whoever may not look in there cannot ask it. */
export const adminSocket = 'admin.sock';

/** What every Envoy of ours begins with. */
function common(parity: Parity): EnvoyObject {
  return {
    node: { id: `${parity}-gateway`, cluster: parity },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: typed(
            'extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            { max_active_downstream_connections: maxConnections },
          ),
        },
      ],
    },
  };
}

/** Everything comes from watched files. */
export function renderBootstrap(parity: Parity, folder: string): EnvoyObject {
  return {
    ...common(parity),
    admin: { address: { pipe: { path: adminSocket, mode: 0o600 } } },
    dynamic_resources: {
      cds_config: fromFile(folder, fileOf.clusters),
      lds_config: fromFile(folder, fileOf.listeners),
    },
  };
}

/** Everything at once, for `envoy --mode validate`, which does not read the files that a bootstrap names. */
export function renderFolded(
  parity: Parity,
  resources: { clusters: EnvoyObject[]; listeners: EnvoyObject[]; secrets: EnvoyObject[] },
): EnvoyObject {
  return { ...common(parity), static_resources: resources };
}
