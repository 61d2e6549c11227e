import { IllegalOperationError, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { queueNames, type QueueNames } from '../../../domain/queues.ts';
import { withinDeadline } from '../deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { LastingConnection } from './lasting-connection.ts';
import type { Publisher } from './publisher.ts';
import { declareTopology } from './topology.ts';
import { newMessageId, readTrail, writeTrail, type Trail } from './trail.ts';
import { workOn, type Job } from './work.ts';

/** `x-priority` of consumers: the peer's get messages only while our own are gone or have enough (design.md §4). */
const priorities = { own: 1, peer: 0 } as const;

/** Between two attempts to put a copy into a retry queue of a broker that takes none at the moment. */
const copyPauseMs = 1_000;

/** What a consumer works on, and where. */
export interface ConsumerOptions {
  readonly job: Job;
  /** Whether the broker is our own cluster's. */
  readonly priority: keyof typeof priorities;
  /** To the same broker, for the copies that come back later. */
  readonly publisher: Publisher;
}

/** Works on the messages of one kind from one broker; keeps itself attached. */
export class Consumer {
  readonly #endpoint: Endpoint;
  readonly #options: ConsumerOptions;
  readonly #queues: QueueNames;
  readonly #connection: LastingConnection;
  readonly #working = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #attached: { readonly channel: Channel; readonly tags: readonly string[] } | undefined;

  constructor(endpoint: Endpoint, options: ConsumerOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#queues = queueNames(options.job.kind, endpoint.release);
    this.#connection = new LastingConnection(endpoint, {
      purpose: `consume ${options.job.kind}`,
      setUp: connection => this.#attach(connection),
      lost: () => (this.#attached = undefined),
    });
  }

  /** Takes nothing new, lets what is being worked on end within `drainMs`, then disconnects. */
  async close(): Promise<void> {
    const { clock, timing } = this.#endpoint;
    this.#closing.abort();
    await withinDeadline(this.#cancel(), { clock, ms: timing.connectMs });
    await withinDeadline(this.#drain(), { clock, ms: timing.drainMs });
    await withinDeadline(this.#detach(), { clock, ms: timing.connectMs });
    await this.#connection.close();
  }

  async #attach(connection: ChannelModel): Promise<void> {
    const { job, priority } = this.#options;
    const { work, dead } = this.#queues;
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    channel.on('close', () => {
      if (this.#attached?.channel === channel) this.#connection.drop('its channel was closed');
    });
    await declareTopology(channel, job.kind, this.#endpoint.release);
    await channel.prefetch(job.consumption.prefetch);
    if (this.#closing.signal.aborted) return;
    const tags: string[] = [];
    this.#attached = { channel, tags };
    for (const queue of [work, dead]) {
      const take = (message: ConsumeMessage | null): void => this.#take(channel, message, queue === dead);
      const { consumerTag } = await channel.consume(queue, take, { priority: priorities[priority] });
      tags.push(consumerTag);
    }
  }

  async #cancel(): Promise<void> {
    const attached = this.#attached;
    for (const tag of attached?.tags ?? []) await attached?.channel.cancel(tag).catch(() => {});
  }

  async #drain(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  /** The channel first: a connection's goodbye overtakes the acks that its channels have not written yet. */
  async #detach(): Promise<void> {
    const attached = this.#attached;
    this.#attached = undefined;
    await attached?.channel.close().catch(() => {});
  }

  #take(channel: Channel, message: ConsumeMessage | null, dead: boolean): void {
    if (message === null) {
      this.#connection.drop('the broker cancelled the consumer');
      return;
    }
    const { log, broker } = this.#endpoint;
    const working = this.#work(channel, message, dead)
      .catch((error: unknown) => log.warn({ broker, error }, 'A message could not be settled.'))
      .finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  async #work(channel: Channel, message: ConsumeMessage, dead: boolean): Promise<void> {
    const trail = readTrail(message.properties.headers);
    const incoming = {
      payload: message.content,
      trail: { ...trail, givenUp: trail.givenUp || dead },
      broker: this.#endpoint.broker,
    };
    const outcome = await workOn(incoming, this.#options.job);
    if (outcome.outcome === 'again') await this.#copy(channel, message.content, outcome.trail);
    this.#ack(channel, message);
  }

  /** Ends when the copy is confirmed, or when the original has gone back to its queue with the connection. */
  async #copy(channel: Channel, payload: Buffer, trail: Trail): Promise<void> {
    const { clock, random } = this.#endpoint;
    const { retry } = this.#queues;
    const key = retry[Math.min(trail.retries, retry.length) - 1] ?? '';
    const copy = { id: newMessageId(random), exchange: '', key, payload, headers: writeTrail(trail) };
    while (this.#attached?.channel === channel) {
      const sent = await this.#options.publisher.send(copy).then(
        () => true,
        () => false,
      );
      if (sent) return;
      await clock.delay(copyPauseMs);
    }
  }

  #ack(channel: Channel, message: ConsumeMessage): void {
    if (this.#attached?.channel !== channel) return;
    try {
      channel.ack(message);
    } catch (error) {
      // The connection is just closing: the message comes again, and its effect is there already.
      if (!(error instanceof IllegalOperationError)) throw error;
    }
  }
}
