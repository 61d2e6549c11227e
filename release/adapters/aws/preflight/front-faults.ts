import type { CertificateDetail } from '@aws-sdk/client-acm';
import type { DescribeTargetHealthOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import type { GetHealthCheckStatusResponse } from '@aws-sdk/client-route-53';

/** ACM renews sixty days before the end (ACM User Guide, "Managed certificate renewal"): by now it has failed to. */
const certificateForMs = 30 * 24 * 60 * 60 * 1_000;

/** A broker that restarts, or that lost its keys, takes no message. */
export function brokerFault({ BrokerState: state }: DescribeBrokerResponse): string | undefined {
  if (state === 'RUNNING') return undefined;
  return `it is ${state ?? 'of an unknown state'}: ship when it is RUNNING; while it is not, the peer's broker takes the messages`;
}

/** A balancer with nobody healthy behind it, or with somebody sick. */
export function targetFault({
  TargetHealthDescriptions: targets = [],
}: DescribeTargetHealthOutput): string | undefined {
  const states = targets.map(({ Target: target, TargetHealth: health }) => ({
    id: target?.Id ?? 'unknown',
    state: health?.State ?? 'unknown',
    why: health?.Description ?? health?.Reason,
  }));
  const sick = states.filter(({ state }) => state !== 'healthy' && state !== 'draining');
  if (!states.some(({ state }) => state === 'healthy')) {
    const told = sick.map(({ id, state }) => `${id} is ${state}`).join(', ') || 'it has no targets';
    return `nobody behind its balancer is healthy (${told}): look at Kong's pods and their readiness`;
  }
  if (sick.length === 0) return undefined;
  const told = sick.map(({ id, state, why }) => `${id} is ${state}${why === undefined ? '' : ` (${why})`}`);
  return `${told.join(', ')}: look at that pod`;
}

/**
 * Of Route 53's checkers, how many must reach an endpoint: more than these, and it counts as healthy.
 * Source: Amazon Route 53 Developer Guide, "How Route 53 determines whether a health check is healthy".
 */
const checkersShare = 0.18;

/** A cluster that the world does not reach as Route 53 asks for it, however well it is inside: it cannot take over. */
export function healthCheckFault({
  HealthCheckObservations: seen,
}: Pick<GetHealthCheckStatusResponse, 'HealthCheckObservations'>): string | undefined {
  const statuses = (seen ?? []).map(({ StatusReport: report }) => report?.Status ?? 'unknown');
  const others = statuses.filter(status => !status.startsWith('Success'));
  const reached = statuses.length - others.length;
  if (reached > statuses.length * checkersShare) return undefined;
  const told = others[0] ?? 'nobody looked';
  return `${reached} of ${statuses.length} checkers of Route 53 reach it (${told}): DNS would not move to it; ask for its liveness from outside`;
}

/** A certificate that is not issued, or that nobody has renewed in time. */
export function certificateFault(
  certificate: CertificateDetail | undefined,
  nowMs: number,
): string | undefined {
  const { Status: status, NotAfter: end } = certificate ?? {};
  if (status !== 'ISSUED')
    return `it is ${status ?? 'not there'}: look at its validation records in the zone`;
  if (end === undefined) return 'it does not say when it ends: look at it in ACM';
  if (end.getTime() - nowMs >= certificateForMs) return undefined;
  const day = end.toISOString().slice(0, 10);
  return `it ends on ${day} and ACM has not renewed it: look at its validation records in the zone`;
}
