import type { RouteClass } from '../../../domain/catalogue.ts';
import { routeClasses } from '../../../domain/route-classes.ts';
import { typed, type EnvoyObject } from './resource.ts';

const name = 'envoy.filters.http.filter_chain';

/**
 * Counts bodies while they stream. Documents may be as large as the installation lets them be; what else a route may
 * carry says its class. Envoy's body limit knows nothing of routes, hence the chain around it, which does.
 */
export function renderBodyLimits(uploadBytes: number): EnvoyObject {
  return {
    name,
    typed_config: typed('extensions.filters.http.filter_chain.v3.FilterChainConfig', {
      default_filter_chain: { filters: [bodyLimit(uploadBytes)] },
    }),
  };
}

/** The limit of a route's class, in a route's `typed_per_filter_config`. */
export function bodyLimitOf(routeClass: RouteClass): EnvoyObject {
  if (routeClass === 'upload') return {};
  // Envoy knows no limit of nothing.
  const filters = [bodyLimit(Math.max(1, routeClasses[routeClass].bodyBytes))];
  return {
    [name]: typed('extensions.filters.http.filter_chain.v3.FilterChainConfigPerRoute', {
      filter_chain: { filters },
    }),
  };
}

function bodyLimit(bytes: number): EnvoyObject {
  return {
    name: 'envoy.filters.http.body_size_limit',
    typed_config: typed('extensions.filters.http.body_size_limit.v3.BodySizeLimit', {
      max_request_bytes: bytes,
    }),
  };
}
