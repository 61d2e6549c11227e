import { connect, type ConfirmChannel } from 'amqplib';
import { queueNames } from '../../../domain/queues.ts';
import { parities, perParity, type Parity } from '../../../domain/parity.ts';
import { parseRelease, type Release } from '../../../domain/release.ts';
import { silentLog } from '../logger.ts';
import { systemClock, systemRandom } from '../ports.ts';
import { openBreakableProxy, type BreakableProxy } from './breakable-proxy.ts';
import type { Broker } from './broker.ts';
import type { BrokerWorld } from './broker-world.ts';
import type { BrokerTiming } from './endpoint.ts';
import { connectBroker, type BrokerOptions } from './rabbitmq-broker.ts';
import { testBrokerUrls } from './test-brokers.ts';
import { freshTrail, writeTrail } from './trail.ts';

/** The test runner's two RabbitMQ brokers for one test: a release of its own, behind proxies. Test only. */
export interface RabbitMqWorld extends BrokerWorld {
  readonly release: Release;
  readonly proxies: Readonly<Record<Parity, BreakableProxy>>;
  /** Straight to the brokers, past the proxies. */
  readonly channels: Readonly<Record<Parity, ConfirmChannel>>;
  connect(cluster: Parity, options?: Partial<BrokerOptions>): Promise<Broker>;
}

/** Shorter than a service's where a busy machine's pauses cannot be taken for a fault. */
const timing: Partial<BrokerTiming> = {
  probeMs: 500,
  reconnectMs: { first: 20, most: 200 },
  drainMs: 5_000,
};

/** A world of its own; `close` removes its queues. */
export async function openRabbitMqWorld(): Promise<RabbitMqWorld> {
  const release = parseRelease(String(100_000 + (systemRandom.bytes(4).readUInt32BE() % 900_000)));
  const proxies = await perParityAwaited(parity => openBreakableProxy(testBrokerUrls()[parity]));
  const models = await perParityAwaited(parity => connect(testBrokerUrls()[parity], { noDelay: true }));
  const channels = await perParityAwaited(parity => models[parity].createConfirmChannel());
  const connected: Broker[] = [];
  const untilHealth = (parity: Parity, healthy: boolean): Promise<void> =>
    until(() => connected.every(broker => broker.health()[parity] === healthy));

  return {
    release,
    proxies,
    channels,
    connect: async (cluster, options = {}) => {
      const urls = perParity(parity => proxies[parity].url);
      const world = { clock: systemClock, random: systemRandom, log: silentLog, release, urls };
      const broker = await connectBroker({
        ...world,
        cluster,
        ...options,
        timing: { ...timing, ...options.timing },
      });
      connected.push(broker);
      return broker;
    },
    setDown: async (parity, down) => {
      proxies[parity][down ? 'cut' : 'mend']();
      await untilHealth(parity, !down);
    },
    setBlocked: async (parity, blocked) => {
      proxies[parity].sayToClients(blocked ? connectionBlocked : connectionUnblocked);
      await untilHealth(parity, !blocked);
    },
    inject: async (parity, kind, { payload, trail = {} }) => {
      const { work, dead } = queueNames(kind, release);
      const headers = writeTrail({ ...freshTrail, ...trail, givenUp: false });
      channels[parity].sendToQueue(trail.givenUp ? dead : work, payload, { persistent: true, headers });
      await channels[parity].waitForConfirms();
    },
    close: async () => {
      await Promise.all(connected.map(broker => broker.close()));
      for (const parity of parities) {
        await deleteQueues(channels[parity], release);
        await models[parity].close();
        await proxies[parity].close();
      }
    },
  };
}

/** Resolves when `holds`, which nothing tells of. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.delay(5);
}

async function deleteQueues(channel: ConfirmChannel, release: Release): Promise<void> {
  for (const kind of ['document.accepted', 'document.stored'] as const) {
    const { work, retry, dead } = queueNames(kind, release);
    for (const queue of [work, ...retry, dead]) await channel.deleteQueue(queue);
  }
}

async function perParityAwaited<T>(make: (parity: Parity) => Promise<T>): Promise<Record<Parity, T>> {
  const made = perParity(make);
  await Promise.all(Object.values(made));
  return { odd: await made.odd, even: await made.even };
}

/** A method of AMQP 0-9-1's connection class, on channel 0: type, channel, size, class, method, arguments, end. */
function connectionMethod(method: number, text?: string): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 10, 0, method]),
    ...(text === undefined ? [] : [shortString(text)]),
  ]);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, body.length]);
  return Buffer.concat([head, body, Buffer.from([0xce])]);
}

function shortString(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

const connectionBlocked = connectionMethod(60, 'low on memory');
const connectionUnblocked = connectionMethod(61);
