import { queueNames, type QueueNames } from '../../../domain/queues.ts';
import { isParityError, ParityError } from '../../../domain/errors.ts';
import { writeMessage } from '../../../domain/messages.ts';
import { parities, peerOf, perParity, type Parity } from '../../../domain/parity.ts';
import type { Broker } from './broker.ts';
import { Consumer } from './consumer.ts';
import { defaultTiming, noObserver, type BrokerTiming, type Endpoint } from './endpoint.ts';
import { Publisher, type Outgoing } from './publisher.ts';
import { exchange } from './topology.ts';
import { newMessageId } from './trail.ts';

/** What `connectBroker` needs. */
export interface BrokerOptions extends Pick<Endpoint, 'release' | 'clock' | 'random' | 'log'> {
  /** The cluster that we run in; its broker is published to first. */
  readonly cluster: Parity;
  /** `amqp://` or `amqps://`, with user and password. */
  readonly urls: Readonly<Record<Parity, string>>;
  /** @default counts nothing */
  readonly observer?: Endpoint['observer'];
  /** @default `defaultTiming` */
  readonly timing?: Partial<BrokerTiming>;
}

/**
 * Connects to the pair's brokers, RabbitMQ 4.2 or newer, and declares the release's queues on both. Resolves when
 * each has been tried once: it comes up without them, and what is away is tried again for ever.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const { cluster, release } = options;
  const endpoints = perParity(broker => endpointOf(options, broker));
  const publishers = perParity(broker => new Publisher(endpoints[broker]));
  const consumers: Consumer[] = [];
  const preferred = [publishers[cluster], publishers[peerOf(cluster)]];
  await Promise.all(preferred.map(publisher => publisher.attempted));

  return {
    publish: message => {
      const key = queueNames(message.kind, release).work;
      return sendToFirst(preferred, {
        id: newMessageId(options.random),
        exchange,
        key,
        payload: writeMessage(message),
      });
    },
    consume: (kind, consumption) => {
      for (const broker of parities) {
        const { observer, log } = endpoints[broker];
        const job = { kind, consumption, observer, log };
        const priority = broker === cluster ? 'own' : 'peer';
        consumers.push(new Consumer(endpoints[broker], { job, priority, publisher: publishers[broker] }));
      }
    },
    depth: async (kind, broker) => {
      const ready = await publishers[broker].ready(queueNames(kind, release).work);
      return ready === undefined ? undefined : { ready };
    },
    waiting: kind => countWaiting(preferred, queueNames(kind, release)),
    health: () => perParity(broker => publishers[broker].taking),
    close: async () => {
      await Promise.all(consumers.map(consumer => consumer.close()));
      await Promise.all(preferred.map(publisher => publisher.close()));
    },
  };
}

function endpointOf(options: BrokerOptions, broker: Parity): Endpoint {
  const { release, clock, random, log, observer = noObserver } = options;
  const timing = { ...defaultTiming, ...options.timing };
  return { broker, url: options.urls[broker], release, clock, random, log, observer, timing };
}

async function countWaiting(publishers: readonly Publisher[], names: QueueNames): Promise<number> {
  const counts = publishers.flatMap(publisher =>
    [names.work, ...names.retry].map(queue => publisher.ready(queue)),
  );
  return (await Promise.all(counts)).reduce<number>((sum, ready) => sum + (ready ?? 0), 0);
}

/** The broker that took it; a repeat at the second has the same id, for the first may have it after all. */
async function sendToFirst(publishers: readonly Publisher[], outgoing: Outgoing): Promise<Parity> {
  const refusals: ParityError[] = [];
  for (const publisher of publishers) {
    try {
      await publisher.send(outgoing);
      return publisher.broker;
    } catch (error) {
      if (!isParityError(error, 'broker_unavailable')) throw error;
      refusals.push(error);
    }
  }
  throw new ParityError(
    'broker_unavailable',
    `${refusals.map(({ message }) => message).join(' ')} Try again.`,
    {
      retryAfterS: Math.max(...refusals.map(({ retryAfterS = 0 }) => retryAfterS)),
      cause: refusals[0],
    },
  );
}
