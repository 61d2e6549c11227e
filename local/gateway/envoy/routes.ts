import { probes } from '../../../domain/catalogue.ts';
import {
  bucketExpression,
  cohortExpression,
  routingTable,
  type RouteMatch,
} from '../../../domain/routing.ts';
import { routeClasses } from '../../../domain/route-classes.ts';
import type { GatewayView, OwnedRoute } from '../gateway-view.ts';
import { bodyLimitOf } from './body-limits.ts';
import { decidedFor } from './clusters.ts';
import { claimsMetadata, clusterName, resourceName, type Destination } from './names.ts';
import { unlimited } from './rate-limits.ts';
import { duration, type EnvoyObject } from './resource.ts';
import { once, repeatable, repeatableBodyBytes } from './retries.ts';

/** Once all of an upload is there, its answer takes at most this long (the fsync of 2 GB). */
const uploadAnswer = '60s';

/**
 * The routing table as Envoy's routes: line by line, each with every route of the line's release, so that the first
 * that matches says release and service at once. Whoever a line is for finds what its release has, and nothing else.
 */
export function renderIngressRoutes(view: GatewayView): EnvoyObject {
  const lines = routingTable(view.routing).flatMap(({ match, release }) => {
    const routes = view.releases.find(known => known.release === release)?.routes ?? [];
    return [
      ...routes.flatMap(route => routesOf(route, match, { release, service: route.service })),
      ...wrongMethods(routes, match),
      nothingThere(match),
    ];
  });
  return {
    name: resourceName.ingressRoutes,
    // A route to a cluster that is not there is a fault of ours, to be refused as a whole.
    validate_clusters: true,
    virtual_hosts: [{ name: 'everybody', domains: ['*'], routes: [alive, ...lines] }],
  };
}

/** Liveness of the live release here; readiness would have a shared fault move DNS. */
const alive: EnvoyObject = {
  name: 'gateway.liveness',
  match: { path: probes.liveness, headers: [methodMatch('GET')] },
  // Sooner than Route 53 gives up, so that a frozen service is told from a frozen gateway.
  route: { cluster: clusterName.alive, timeout: '1s' },
  typed_per_filter_config: unlimited,
};

function nothingThere(match: RouteMatch): EnvoyObject {
  return {
    name: 'gateway.unmatched',
    match: { prefix: '/', ...claimsMatch(match) },
    direct_response: { status: 404 },
  };
}

function routesOf(route: OwnedRoute, match: RouteMatch, to: Destination): EnvoyObject[] {
  return waysOf(route).map(way => ({
    name: `${to.release} ${route.name}`,
    match: {
      ...pathMatch(route.path),
      headers: [methodMatch(route.method), ...way.headers],
      ...claimsMatch(match),
    },
    route: { cluster: clusterName.placed(to), ...way.action },
    request_headers_to_add: [...decidedFor(to), correlation],
    typed_per_filter_config: bodyLimitOf(route.class),
    ...way.route,
  }));
}

interface Way {
  readonly headers: readonly EnvoyObject[];
  readonly action: EnvoyObject;
  readonly route: EnvoyObject;
}

/** A key makes an upload repeatable; other writes know of no key. */
function waysOf(route: OwnedRoute): Way[] {
  if (route.class === 'upload') return [keyed, streamed];
  return [route.method === 'POST' ? streamed : safe(route)];
}

const held = { request_body_buffer_limit: repeatableBodyBytes };

/** Reads, and writes of a whole under its own name: repeated elsewhere when need be. */
function safe(route: OwnedRoute): Way {
  return { headers: [], action: { timeout: answerWithin(route), ...repeatable }, route: held };
}

/** A small body under a key: as good as a read. */
const keyed: Way = {
  headers: [
    { name: 'idempotency-key', present_match: true },
    { name: 'content-length', range_match: { start: 0, end: repeatableBodyBytes + 1 } },
  ],
  action: { timeout: uploadAnswer, ...repeatable },
  route: held,
};

/** Everything else streams through. */
const streamed: Way = { headers: [], action: { timeout: uploadAnswer, ...once }, route: {} };

/** Envoy's limit is for the whole answer: a document may take as long as something moves. */
function answerWithin(route: OwnedRoute): string {
  const { answerWithinMs } = routeClasses[route.class];
  const isDocument = route.class === 'content' || route.class === 'link';
  return duration(isDocument ? 0 : (answerWithinMs ?? 0));
}

/** Names the request in everybody's logs, unless the client has named it. */
const correlation: EnvoyObject = {
  header: { key: 'x-correlation-id', value: '%REQ(X-REQUEST-ID)%' },
  append_action: 'ADD_IF_ABSENT',
};

/** A path known under other methods: 405 that names them (RFC 9110 §15.5.6). */
function wrongMethods(routes: readonly OwnedRoute[], match: RouteMatch): EnvoyObject[] {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  return [...methods].map(([path, allowed]) => ({
    name: 'gateway.wrong-method',
    match: { ...pathMatch(path), ...claimsMatch(match) },
    direct_response: { status: 405 },
    response_headers_to_add: [{ header: { key: 'allow', value: methodsOf(allowed).join(', ') } }],
  }));
}

function pathMatch(path: string): EnvoyObject {
  if (!path.includes('/:')) return { path };
  const expression = path
    .split('/')
    .map(part => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)))
    .join('/');
  return { safe_regex: { regex: expression } };
}

/** Whoever may GET may ask for the HEAD of it. */
function methodsOf(allowed: ReadonlySet<string>): string[] {
  return [...allowed].flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function methodMatch(method: OwnedRoute['method']): EnvoyObject {
  const string_match = method === 'GET' ? { safe_regex: { regex: 'GET|HEAD' } } : { exact: method };
  return { name: ':method', string_match };
}

function claimsMatch(match: RouteMatch): EnvoyObject {
  if (match.kind === 'everyone') return {};
  const [claim, regex] =
    match.kind === 'cohort'
      ? ['cohorts', cohortExpression(match.cohort)]
      : ['bucket', bucketExpression(match.ranges)];
  const path = [claimsMetadata.key, claim].map(key => ({ key }));
  const value = { string_match: { safe_regex: { regex } } };
  return { dynamic_metadata: [{ filter: claimsMetadata.filter, path, value }] };
}
