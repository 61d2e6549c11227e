import { catalogue, probes, type Service, type ServiceName } from '../../../domain/catalogue.ts';
import type { Metrics } from '../metrics.ts';
import { unmatched, type Edge } from './edge.ts';

const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** Seconds; an accept takes milliseconds, an upload over a mobile network minutes. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Request durations by route and status class, for the routes of the services that run here. */
export function requestMetrics(metrics: Metrics, services: readonly ServiceName[]): Edge['observe'] {
  const routes = services.flatMap(service => {
    const { routes, inside } = catalogue[service] satisfies Pick<Service, 'routes' | 'inside'>;
    return [...Object.keys(routes), ...Object.keys(inside)].map(name => `${service}.${name}`);
  });
  const probeRoutes = Object.keys(probes).map(name => `probe.${name}`);
  const observe = metrics.histogram({
    name: 'parity_http_request_duration_seconds',
    help: 'From the first byte of the head to the last byte of the answer.',
    labels: { route: [...routes, ...probeRoutes, unmatched], status: statusClasses },
    buckets,
  });
  return ({ route, status, seconds }) => {
    const statusClass = statusClasses[Math.floor(status / 100) - 1];
    if (statusClass !== undefined) observe({ route, status: statusClass }, seconds);
  };
}
