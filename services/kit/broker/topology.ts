import type { Channel, Options } from 'amqplib';
import { queueNames, retryDelaysMs } from '../../../domain/queues.ts';
import type { MessageKind } from '../../../domain/messages.ts';
import type { Release } from '../../../domain/release.ts';

/** The direct exchange of every publish; each work queue is bound to it by its own name. */
export const exchange = 'parity';

/**
 * Deliveries that may end without an answer (the process died, the connection was lost) before the broker takes a
 * message out of the work queue. It stands here because a broker's own default may change (20 on RabbitMQ 4.x,
 * none before).
 *
 * It must lie well above `maxAttempts` (8): a message that comes with so many is parked by the first process that
 * lives long enough to do so, with its reason; the limit is only for what kills even that one. And it must not be
 * small: a process that dies takes its whole prefetch back to the queue, one delivery counted for each, so a
 * crash-looping consumer pushes innocent neighbours towards the limit too. They are parked, visibly, not lost.
 */
const deliveryLimit = 20;

const noLimit = -1;

/** Declares the queues of `kind` in `release` as they are; repeating it changes nothing. */
export async function declareTopology(channel: Channel, kind: MessageKind, release: Release): Promise<void> {
  const { work, retry, dead } = queueNames(kind, release);
  await channel.assertExchange(exchange, 'direct', { durable: true });
  // Without a limit: what nobody could park yet must not be dropped by the default one.
  await channel.assertQueue(dead, quorum({ 'x-delivery-limit': noLimit }));
  await channel.assertQueue(work, quorum({ 'x-delivery-limit': deliveryLimit, ...deadLetteringTo(dead) }));
  for (const [index, name] of retry.entries()) {
    await channel.assertQueue(
      name,
      quorum({ 'x-message-ttl': retryDelaysMs[index], ...deadLetteringTo(work) }),
    );
  }
  await channel.bindQueue(work, exchange, work);
}

function quorum(more: Record<string, string | number | undefined>): Options.AssertQueue {
  return { durable: true, arguments: { 'x-queue-type': 'quorum', ...more } };
}

/** Through the default exchange, so that unbinding a queue loses nothing; at least once needs `reject-publish`. */
function deadLetteringTo(queue: string): Record<string, string> {
  return {
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}
