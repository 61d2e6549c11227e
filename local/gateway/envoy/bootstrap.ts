import type { Parity } from '../../../domain/parity.ts';
import { typed, type EnvoyObject } from './resource.ts';
import { fileOf, fromFile } from './sources.ts';

/** Connections that a gateway holds at once; further ones are closed at once. */
const maxConnections = 8192;

/** Eight times what one holds under load. */
const maxHeapBytes = 512 * 1024 * 1024;

/** The admin interface, in the gateway's own folder: whoever may not look in there cannot ask it. */
export const adminSocket = 'admin.sock';

/** What every Envoy of ours begins with. */
function common(parity: Parity): EnvoyObject {
  return {
    node: { id: `${parity}-gateway`, cluster: parity },
    overload_manager: {
      refresh_interval: '0.25s',
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.fixed_heap',
          typed_config: typed('extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig', {
            max_heap_size_bytes: maxHeapBytes,
          }),
        },
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: typed(
            'extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            { max_active_downstream_connections: maxConnections },
          ),
        },
      ],
      // Bodies that may be sent again are held, each up to 1 MiB: beyond this, new requests are told to come later.
      actions: [above('shrink_heap', 0.9), above('stop_accepting_requests', 0.95)],
    },
  };
}

function above(action: string, value: number): EnvoyObject {
  const trigger = { name: 'envoy.resource_monitors.fixed_heap', threshold: { value } };
  return { name: `envoy.overload_actions.${action}`, triggers: [trigger] };
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
