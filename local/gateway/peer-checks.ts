import type { PeerChecks } from '../control/control-api.ts';
import type { AdminInterface } from './admin-interface.ts';

/**
 * How the health checks of everything at the peer ended. A 503 is an answer: what is not ready there says nothing of the
 * way (envoyproxy.io/docs: health check statistics; `failure` counts `network_failure` too).
 * @throws ParityError `unreachable`
 */
export async function peerChecks(admin: AdminInterface): Promise<PeerChecks> {
  const pattern = '^cluster\\.peer-.*\\.health_check\\.(success|failure|network_failure)$';
  const counts = [...(await admin.statistics(pattern, 'numbers'))];
  const sum = (kind: string) =>
    counts.reduce((all, [name, count]) => (name.endsWith(`.${kind}`) ? all + Number(count) : all), 0);
  const unanswered = sum('network_failure');
  return { answered: sum('success') + sum('failure') - unanswered, unanswered };
}
