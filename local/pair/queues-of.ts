import type { Parity } from '../../domain/parity.ts';
import { releaseQueues, type ReleaseQueues } from '../../services/kit/broker/release-queues.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { PairEngines } from './launch-engines.ts';

/** The queues of releases at a cluster's broker, wherever that listens in its present life. */
export function queuesOf(at: {
  readonly engines: Pick<PairEngines, 'brokers'>;
  readonly clock: Clock;
}): (cluster: Parity) => ReleaseQueues {
  const { engines, clock } = at;
  return cluster => releaseQueues({ url: engines.brokers[cluster].lastLife()?.url ?? '', clock });
}
