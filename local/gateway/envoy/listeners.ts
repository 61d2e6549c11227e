import { peerOf } from '../../../domain/parity.ts';
import type { GatewayView } from '../gateway-view.ts';
import { accessLog } from './access-log.ts';
import { renderBodyLimits } from './body-limits.ts';
import { localReplies } from './local-replies.ts';
import { resourceName } from './names.ts';
import { renderAddressLimit, renderUserLimit } from './rate-limits.ts';
import { duration, loopback, typed, type EnvoyObject } from './resource.ts';
import type { Sources } from './sources.ts';
import { windows } from './streaming.ts';
import { peerTlsServer } from './tls.ts';

/** What is there from the start and does not change while a gateway runs: a changed listener cuts uploads. */
export function renderListeners(
  view: GatewayView,
  { sources, accessLogFile }: { sources: Sources; accessLogFile: string },
): EnvoyObject[] {
  return [ingress(view, { sources, accessLogFile }), forPeer(view, sources)];
}

function ingress(
  view: GatewayView,
  { sources, accessLogFile }: { sources: Sources; accessLogFile: string },
): EnvoyObject {
  return listener('ingress', view.ports.ingress, {
    filters: connectionManager('ingress', {
      ...sources.routes(resourceName.ingressRoutes),
      ...slowClients,
      stream_idle_timeout: duration(view.limits.silenceMs),
      max_request_headers_kb: headersKiB,
      http2_protocol_options: windows.http2,
      use_remote_address: true,
      early_header_mutation_extensions: [noForgedHeaders],
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
      // A client that asks before it sends is answered by the service, which knows what it refuses.
      proxy_100_continue: true,
      access_log: [accessLog(view.parity, accessLogFile)],
      local_reply_config: localReplies(view.parity),
      http_filters: [
        renderAddressLimit(view.limits),
        sources.filter(resourceName.tokenFilter),
        renderUserLimit(view.limits),
        renderBodyLimits(view.limits.bodyBytes),
        router,
      ],
    }),
  });
}

function forPeer(view: GatewayView, sources: Sources): EnvoyObject {
  return listener('peer', view.ports.peer, {
    transport_socket: peerTlsServer(peerOf(view.parity), sources),
    filters: connectionManager('peer', {
      ...sources.routes(resourceName.peerRoutes),
      codec_type: 'HTTP2',
      http2_protocol_options: windows.http2,
      proxy_100_continue: true,
      stream_idle_timeout: duration(view.limits.silenceMs),
      // The entry gateway passes them on as they are.
      local_reply_config: localReplies(view.parity),
      http_filters: [router],
    }),
  });
}

/** Headers within 10 s, and no connection that nobody uses (failures.md 7). */
const slowClients = {
  request_headers_timeout: '10s',
  common_http_protocol_options: { idle_timeout: '75s', headers_with_underscores_action: 'REJECT_REQUEST' },
};

/** A service takes 16 KiB (services/kit/http/http-server.ts); what is over is refused here, for it says so without a form. */
const headersKiB = 14;

/** Before anything reads them: neither our own words nor Envoy's may come from a client. */
const noForgedHeaders: EnvoyObject = {
  name: 'envoy.http.early_header_mutation.header_mutation',
  typed_config: typed('extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', {
    mutations: ['x-parity-', 'x-envoy-'].map(prefix => ({
      remove_on_match: { key_matcher: { prefix } },
    })),
  }),
};

const router: EnvoyObject = {
  name: 'envoy.filters.http.router',
  typed_config: typed('extensions.filters.http.router.v3.Router', { suppress_envoy_headers: true }),
};

function connectionManager(name: string, fields: EnvoyObject): EnvoyObject[] {
  return [
    {
      name: 'envoy.filters.network.http_connection_manager',
      typed_config: typed('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
        stat_prefix: name,
        server_header_transformation: 'PASS_THROUGH',
        ...fields,
      }),
    },
  ];
}

function listener(name: string, port: number, chain: EnvoyObject): EnvoyObject {
  return {
    name,
    address: loopback(port),
    per_connection_buffer_limit_bytes: windows.listenerBufferBytes,
    filter_chains: [chain],
  };
}
