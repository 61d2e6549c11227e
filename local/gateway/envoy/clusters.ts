import { probesOf } from '../../../domain/service-probes.ts';
import { peerOf } from '../../../domain/parity.ts';
import { placesInOrder, type Place } from '../../../domain/routing.ts';
import type { GatewayView, ReleaseView } from '../gateway-view.ts';
import { clusterName, decidedHeaders, type Destination } from './names.ts';
import { duration, loopback, typed, type EnvoyObject } from './resource.ts';
import type { Sources } from './sources.ts';
import { windows } from './streaming.ts';
import { peerTlsClient } from './tls.ts';

const connectTimeoutMs = 500;

/** The readiness probe, asked twice as often: one bad answer may be the network's, and two come as soon as its one. */
function healthCheckOf({ service }: Destination, asked: EnvoyObject = {}): EnvoyObject {
  const { path, periodMs, timeoutMs, failures } = probesOf(service).readiness;
  const interval = duration(periodMs / 2);
  return {
    timeout: duration(timeoutMs),
    interval,
    no_traffic_interval: interval,
    unhealthy_threshold: 2 * failures,
    healthy_threshold: 1,
    http_health_check: { path, ...asked },
  };
}

/** Retries are bounded by each request's own policy, never by what others happen to do. */
const circuitBreakers = {
  thresholds: [{ max_connections: 4096, max_pending_requests: 8192, max_requests: 8192, max_retries: 1024 }],
};

/** Faster than the next health check: what cannot be reached twice in a row is left out for a moment. */
const outlierDetection = {
  split_external_local_origin_errors: true,
  consecutive_local_origin_failure: 5,
  enforcing_consecutive_local_origin_failure: 100,
  enforcing_consecutive_5xx: 0,
  enforcing_consecutive_gateway_failure: 0,
  enforcing_success_rate: 0,
  interval: '0.5s',
  base_ejection_time: '1s',
  max_ejection_time: '5s',
  max_ejection_percent: 100,
};

/** Where nothing is healthy the next place is asked; nothing is sent anywhere in panic. */
const noPanic = { common_lb_config: { healthy_panic_threshold: { value: 0 } } };

/** Every cluster of the view: each service of each release here, at the peer, and placed. */
export function renderClusters(view: GatewayView, sources: Pick<Sources, 'secret'>): EnvoyObject[] {
  const destinations = view.releases.flatMap(release => servicesOf(release).map(at => ({ release, at })));
  return [
    ...destinations.flatMap(({ release, at }) => [
      here(at, release),
      peer(at, view, sources),
      placed(at, view),
    ]),
    alive(view),
  ];
}

/** The services that own a route of the release. */
export function servicesOf({ release, routes }: ReleaseView): Destination[] {
  return [...new Set(routes.map(({ service }) => service))].map(service => ({ release, service }));
}

function here(at: Destination, { ports }: ReleaseView): EnvoyObject {
  return {
    ...ofServices(clusterName.here(at), ports[at.service]),
    health_checks: [healthCheckOf(at)],
    outlier_detection: outlierDetection,
  };
}

/** Without health checks: liveness is asked through it. It is the service that accepts documents that must not stop. */
function alive({ routing, releases }: GatewayView): EnvoyObject {
  const live = releases.find(({ release }) => release === routing.live.release);
  return ofServices(clusterName.alive, live?.ports.processor);
}

function ofServices(name: string, port: number | undefined): EnvoyObject {
  return {
    name,
    ...fixedEndpoint(name, port),
    // Below the 75 s after which services close a quiet connection, so that no request meets a closing one.
    ...protocol({ http_protocol_options: {} }, { idle_timeout: '60s' }),
  };
}

/** Its health is that of the whole way: link, gateway and service there. */
function peer(at: Destination, view: GatewayView, sources: Pick<Sources, 'secret'>): EnvoyObject {
  const name = clusterName.peer(at);
  return {
    name,
    ...fixedEndpoint(name, view.peerPort),
    ...protocol({
      http2_protocol_options: {
        ...windows.http2,
        // A frozen gateway keeps its connections: only a ping that stays unanswered tells.
        connection_keepalive: { interval: '0.5s', timeout: '0.5s' },
      },
    }),
    transport_socket: peerTlsClient(peerOf(view.parity), sources),
    health_checks: [
      healthCheckOf(at, { codec_client_type: 'HTTP2', request_headers_to_add: decidedFor(at) }),
    ],
    outlier_detection: outlierDetection,
  };
}

function placed(at: Destination, { routing }: GatewayView): EnvoyObject {
  const live = { ...at, release: routing.live.release };
  const clusters = {
    here: clusterName.here(at),
    peer: clusterName.peer(at),
    'live-here': clusterName.here(live),
  };
  const inOrder = [...new Set(placesInOrder.map((place: Place) => clusters[place]))];
  return {
    name: clusterName.placed(at),
    connect_timeout: duration(connectTimeoutMs),
    lb_policy: 'CLUSTER_PROVIDED',
    cluster_type: {
      name: 'envoy.clusters.aggregate',
      typed_config: typed('extensions.clusters.aggregate.v3.ClusterConfig', { clusters: inOrder }),
    },
    // An aggregate has limits of its own, three retries by default.
    circuit_breakers: circuitBreakers,
    ...noPanic,
  };
}

function fixedEndpoint(name: string, port: number | undefined): EnvoyObject {
  const endpoints = port === undefined ? [] : [{ endpoint: { address: loopback(port) } }];
  return {
    type: 'STATIC',
    connect_timeout: duration(connectTimeoutMs),
    per_connection_buffer_limit_bytes: windows.clusterBufferBytes,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] },
    circuit_breakers: circuitBreakers,
    ...noPanic,
  };
}

function protocol(explicit: EnvoyObject, common: EnvoyObject = {}): EnvoyObject {
  return {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'extensions.upstreams.http.v3.HttpProtocolOptions',
        { explicit_http_config: explicit, common_http_protocol_options: common },
      ),
    },
  };
}

/** What the peer's gateway must be told of a decision. */
export function decidedFor({ release, service }: Destination): EnvoyObject[] {
  const header = (key: string, value: string) => ({
    header: { key, value },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
  });
  return [header(decidedHeaders.release, release), header(decidedHeaders.service, service)];
}
