import { message, type MessageKind } from '../../../domain/messages.ts';
import { parities } from '../../../domain/parity.ts';
import type { Log } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { GivenUp } from './broker.ts';
import type { BrokerObserver } from './endpoint.ts';

const kinds: readonly MessageKind[] = message.options.map(option => option.shape.kind.value);
const reasons = [
  'attempts_exhausted',
  'delivery_limit',
  'unknown_schema',
  'unreadable',
] as const satisfies readonly GivenUp[];

/** Seconds; a confirm takes about a millisecond, and is given up after `BrokerTiming.confirmMs`. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Shows what goes through the brokers as metrics (failures.md I5), and raises the alarm when a queue that is in use is
 * missing (failures.md 23).
 */
export function brokerMetrics({ metrics, log }: { metrics: Metrics; log: Log }): BrokerObserver {
  const perBroker = { broker: parities };
  const published = metrics.counter({
    name: 'parity_messages_published_total',
    help: 'Messages handed to a broker; not all of them were confirmed.',
    labels: perBroker,
  });
  const confirmed = metrics.histogram({
    name: 'parity_message_confirm_seconds',
    help: 'From handing a message to a broker to its confirm.',
    ...{ labels: perBroker, buckets },
  });
  const returned = metrics.counter({
    name: 'parity_messages_returned_total',
    help: 'Messages that came back because a broker has no queue for them.',
    labels: perBroker,
  });
  const retried = metrics.counter({
    name: 'parity_messages_retried_total',
    help: 'Messages put back to be tried later.',
    labels: { kind: kinds },
  });
  const parked = metrics.counter({
    name: 'parity_messages_parked_total',
    help: 'Messages that were put aside for a person, by why.',
    labels: { kind: kinds, why: reasons },
  });
  return {
    published: broker => published({ broker }),
    confirmed: (broker, tookMs) => confirmed({ broker }, tookMs / 1000),
    returned: broker => {
      returned({ broker });
      log.error({ broker, alarm: 'queue_missing' }, 'a broker has no queue for a message of ours');
    },
    retried: kind => retried({ kind }),
    parked: (kind, why) => parked({ kind, why }),
  };
}
