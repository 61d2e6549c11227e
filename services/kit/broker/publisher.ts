import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { ParityError } from '../../../domain/errors.ts';
import { message } from '../../../domain/messages.ts';
import type { Parity } from '../../../domain/parity.ts';
import { overdue, withinDeadline } from '../deadline.ts';
import { Confirms, type Ending } from './confirms.ts';
import type { Endpoint } from './endpoint.ts';
import { LastingConnection } from './lasting-connection.ts';
import { declareTopology, exchange } from './topology.ts';

/** A message on its way to a broker. */
export interface Outgoing {
  /** The same for a repeat after an unknown outcome, so that both can be seen to be one. */
  readonly id: string;
  /** `''` is the default exchange: straight to the queue named `key`. */
  readonly exchange: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly headers?: Record<string, string | number | boolean>;
}

/** Publishes waiting for their confirms; with more than this a broker does not keep up (failures.md 24). */
const window = 2_000;

/** A broker that lost its connection, its leader or its memory needs about so long to take publishes again. */
const retryAfterS = 2;

/** No queue is bound to its key: it only shows that the broker takes publishes. */
const probe: Outgoing = { id: 'probe', exchange, key: 'probe', payload: Buffer.alloc(0) };

const kinds = message.options.map(option => option.shape.kind.value);

/** Publishes to one broker through one confirm channel, many at once; keeps itself connected. */
export class Publisher {
  readonly #endpoint: Endpoint;
  readonly #connection: LastingConnection;
  readonly #confirms: Confirms;
  readonly #closing = new AbortController();
  #line: { readonly connection: ChannelModel; readonly channel: ConfirmChannel } | undefined;
  /** Why no publish is taken; undefined while they are. */
  #refusal: string | undefined = 'not connected yet';

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    const { clock, timing } = endpoint;
    this.#confirms = new Confirms({
      clock,
      deadlineMs: timing.confirmMs,
      overdue: () => this.#drop(`no confirm within ${timing.confirmMs} ms`),
    });
    this.#connection = new LastingConnection(endpoint, {
      purpose: 'publish',
      setUp: connection => this.#setUp(connection),
      lost: why => this.#refuse(why),
    });
  }

  /** Whose broker it publishes to. */
  get broker(): Parity {
    return this.#endpoint.broker;
  }

  /** Resolves when the first attempt to connect has ended. */
  get attempted(): Promise<void> {
    return this.#connection.attempted;
  }

  /** True while the broker takes publishes. */
  get taking(): boolean {
    return this.#refusal === undefined;
  }

  /**
   * Resolves when the broker has put the message into a queue and confirmed it.
   * @throws ParityError `broker_unavailable`: away, blocked, nacked, returned, or not confirmed in time.
   */
  async send(outgoing: Outgoing): Promise<void> {
    const { broker, observer } = this.#endpoint;
    if (this.#confirms.size >= window) throw this.#unavailable(`${window} publishes are unconfirmed`);
    const channel = this.#openChannel();
    observer.published(broker);
    const { returned, tookMs } = await this.#transmit(channel, outgoing, { mandatory: true });
    if (returned) {
      observer.returned(broker);
      throw this.#unavailable(`no queue takes ${outgoing.key}`);
    }
    observer.confirmed(broker, tookMs);
  }

  /** Messages ready in `queue`, 0 when there is no such queue; undefined when the broker does not answer. */
  async ready(queue: string): Promise<number | undefined> {
    const { clock, timing } = this.#endpoint;
    if (!this.#line || !this.taking) return undefined;
    const count = await withinDeadline(countReady(this.#line.connection, queue), {
      clock,
      ms: timing.connectMs,
    });
    return count === overdue ? undefined : count;
  }

  /** Awaits the confirms that are due, then disconnects. */
  async close(): Promise<void> {
    this.#refusal = 'the connection is closed';
    await this.#confirms.close();
    this.#closing.abort();
    await this.#connection.close();
  }

  async #setUp(connection: ChannelModel): Promise<void> {
    connection.on('blocked', (reason: string) => this.#refuse(`blocked: ${reason}`));
    connection.on('unblocked', () => (this.#refusal = undefined));
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    channel.on('close', () => {
      if (this.#line?.channel === channel) this.#drop('its channel was closed');
    });
    channel.on('return', returned => this.#confirms.markReturned(String(returned.properties.messageId)));
    for (const kind of kinds) await declareTopology(channel, kind, this.#endpoint.release);
    this.#line = { connection, channel };
    this.#refusal = undefined;
    void this.#keepProbing(channel);
  }

  /**
   * RabbitMQ tells of an alarm only when something is published, and a frozen broker tells nothing: so it is asked
   * now and then, and publishes need not find out by waiting.
   */
  async #keepProbing(channel: ConfirmChannel): Promise<void> {
    const { clock, timing } = this.#endpoint;
    while (this.#line?.channel === channel && !this.#closing.signal.aborted) {
      if (this.taking) await this.#transmit(channel, probe, { mandatory: false }).catch(() => {});
      await clock.delay(timing.probeMs, this.#closing.signal).catch(() => {});
    }
  }

  #openChannel(): ConfirmChannel {
    if (!this.#line || this.#refusal !== undefined) throw this.#unavailable(this.#refusal);
    return this.#line.channel;
  }

  async #transmit(
    channel: ConfirmChannel,
    outgoing: Outgoing,
    { mandatory }: { mandatory: boolean },
  ): Promise<Ending> {
    const { id, exchange, key, payload, headers } = outgoing;
    const awaited = this.#confirms.expect(id);
    const properties = {
      persistent: true,
      mandatory,
      messageId: id,
      contentType: 'application/json',
      headers,
    };
    try {
      channel.publish(exchange, key, payload, properties, (error: Error | null) =>
        awaited.settle(error?.message),
      );
    } catch (error) {
      // The connection is just closing.
      awaited.settle(error instanceof Error ? error.message : String(error));
    }
    const ending = await awaited.ended;
    if (ending.failure !== undefined) throw this.#unavailable(ending.failure);
    return ending;
  }

  #drop(why: string): void {
    this.#refuse(why);
    this.#connection.drop(why);
  }

  /** What is in flight has an unknown outcome now; whoever waits for it may try the other broker at once. */
  #refuse(why: string): void {
    this.#refusal = why;
    this.#confirms.settleAll(why);
  }

  #unavailable(why = 'not connected'): ParityError {
    const { broker } = this.#endpoint;
    return new ParityError('broker_unavailable', `The ${broker} broker did not take the message: ${why}.`, {
      retryAfterS,
    });
  }
}

const notFound = 404;

async function countReady(connection: ChannelModel, queue: string): Promise<number | undefined> {
  try {
    // Of its own, for asking after a queue that is not there closes the channel.
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === notFound ? 0 : undefined;
  }
}
