import { setImmediate as nextTurn } from 'node:timers/promises';
import { retryDelaysMs } from '../../../domain/queues.ts';
import { ParityError } from '../../../domain/errors.ts';
import { writeMessage, type Message, type MessageKind } from '../../../domain/messages.ts';
import { parities, peerOf, perParity, type Parity } from '../../../domain/parity.ts';
import { silentLog } from '../logger.ts';
import type { Clock } from '../ports.ts';
import type { Broker, Consumption } from './broker.ts';
import { noObserver, type BrokerObserver } from './endpoint.ts';
import { freshTrail, type Trail } from './trail.ts';
import { workOn, type Job } from './work.ts';

/** A message that a fake broker holds. */
export interface FakeMessage {
  readonly payload: Buffer;
  readonly trail: Trail;
}

/** What the fakes are made with. */
export interface FakeBrokersOptions {
  /** Delays retries as the catalogue says. @default they come back at once */
  readonly clock?: Clock;
  /** @default counts nothing */
  readonly observer?: BrokerObserver;
}

/** The pair's brokers for one release in memory, kept by the same rules as the real ones. */
export class FakeBrokers {
  /** Everything that was published and confirmed, in that order. */
  readonly published: { readonly broker: Parity; readonly message: Message }[] = [];
  readonly #options: FakeBrokersOptions;
  readonly #queues = perParity(() => new Map<MessageKind, FakeQueue>());
  readonly #away = perParity(() => ({ down: false, blocked: false }));

  constructor(options: FakeBrokersOptions = {}) {
    this.#options = options;
  }

  /** What `connectBroker` is to the real ones: the brokers as a service in `cluster` sees them. */
  connect(cluster: Parity): Broker {
    const consumers: FakeConsumer[] = [];
    let closed = false;
    const publish = (message: Message): Parity => {
      if (closed) throw unavailable('the connection is closed');
      return this.#publish(message, cluster);
    };
    return {
      publish: async message => publish(message),
      consume: (kind, consumption) => {
        for (const broker of parities) {
          const consumer = this.#consumer(kind, consumption, broker === cluster);
          consumers.push(consumer);
          this.#queue(broker, kind).attach(consumer);
        }
      },
      depth: async (kind, broker) =>
        this.#away[broker].down ? undefined : { ready: this.#queue(broker, kind).ready.length },
      waiting: async kind =>
        parities
          .filter(broker => !this.#away[broker].down)
          .map(broker => this.#queue(broker, kind))
          .reduce((sum, { ready, retrying }) => sum + ready.length + retrying, 0),
      health: () => perParity(broker => !closed && this.#takes(broker)),
      close: async () => {
        for (const consumer of consumers) consumer.attached = false;
        await Promise.all(consumers.map(({ working }) => Promise.all(working)));
        closed = true;
      },
    };
  }

  /** Takes a broker away, with what is being worked on unanswered, or brings it back. */
  setDown(broker: Parity, down: boolean): void {
    this.#away[broker].down = down;
    for (const queue of this.#queues[broker].values()) queue.setDown(down);
  }

  /** Raises or ends an alarm: the broker delivers, but takes no publishes. */
  setBlocked(broker: Parity, blocked: boolean): void {
    this.#away[broker].blocked = blocked;
  }

  /** Puts a message of any content into a work queue; with `trail.givenUp` as if the delivery limit had ended it. */
  inject(broker: Parity, kind: MessageKind, message: { payload: Buffer; trail?: Partial<Trail> }): void {
    this.#queue(broker, kind).put({ payload: message.payload, trail: { ...freshTrail, ...message.trail } });
  }

  /** Loses so many of what waits in a work queue, as a broker does whose disk is gone. */
  lose(broker: Parity, kind: MessageKind, count: number): void {
    this.#queue(broker, kind).ready.splice(0, count);
  }

  /** What waits in a work queue. */
  ready(broker: Parity, kind: MessageKind): readonly FakeMessage[] {
    return this.#queue(broker, kind).ready;
  }

  /** Resolves when nothing is being worked on. */
  async settled(): Promise<void> {
    while (this.#all().some(queue => queue.working > 0)) await nextTurn();
  }

  /** Resolves when nothing is being worked on and nothing waits for its next attempt. */
  async idle(): Promise<void> {
    while (this.#all().some(queue => queue.working + queue.retrying > 0)) await nextTurn();
  }

  #all(): FakeQueue[] {
    return parities.flatMap(broker => [...this.#queues[broker].values()]);
  }

  #takes(broker: Parity): boolean {
    return !this.#away[broker].down && !this.#away[broker].blocked;
  }

  #publish(message: Message, cluster: Parity): Parity {
    const broker = [cluster, peerOf(cluster)].find(each => this.#takes(each));
    if (broker === undefined) throw unavailable('both are down or blocked');
    this.published.push({ broker, message });
    this.#queue(broker, message.kind).put({ payload: writeMessage(message), trail: freshTrail });
    return broker;
  }

  #consumer(kind: MessageKind, consumption: Consumption, own: boolean): FakeConsumer {
    const job: Job = { kind, consumption, observer: this.#options.observer ?? noObserver, log: silentLog };
    return { job, own, attached: true, working: new Set() };
  }

  #queue(broker: Parity, kind: MessageKind): FakeQueue {
    const known = this.#queues[broker].get(kind);
    if (known) return known;
    const queue = new FakeQueue(broker, this.#options.clock);
    queue.setDown(this.#away[broker].down);
    this.#queues[broker].set(kind, queue);
    return queue;
  }
}

function unavailable(why: string): ParityError {
  return new ParityError('broker_unavailable', `No broker took the message: ${why}. Try again.`, {
    retryAfterS: 2,
  });
}

interface FakeConsumer {
  readonly job: Job;
  readonly own: boolean;
  attached: boolean;
  readonly working: Set<Promise<void>>;
}

/** A work queue with its retry and dead queues. */
class FakeQueue {
  readonly ready: FakeMessage[] = [];
  working = 0;
  /** Messages that wait for their next attempt. */
  retrying = 0;
  readonly #broker: Parity;
  readonly #clock: Clock | undefined;
  readonly #consumers: FakeConsumer[] = [];
  readonly #unanswered = new Set<FakeMessage>();
  #down = false;

  constructor(broker: Parity, clock: Clock | undefined) {
    this.#broker = broker;
    this.#clock = clock;
  }

  attach(consumer: FakeConsumer): void {
    this.#consumers.push(consumer);
    this.#deliver();
  }

  put(message: FakeMessage): void {
    this.ready.push(message);
    this.#deliver();
  }

  /** What nobody answered comes again, counted as a delivery that ended in a dead process. */
  setDown(down: boolean): void {
    this.#down = down;
    if (!down) return this.#deliver();
    for (const { payload, trail } of this.#unanswered) {
      this.ready.push({ payload, trail: { ...trail, attempts: trail.attempts + 1 } });
    }
    this.#unanswered.clear();
  }

  #deliver(): void {
    while (!this.#down && this.ready.length > 0) {
      const consumer = this.#nextConsumer();
      if (consumer === undefined) return;
      const message = this.ready.shift();
      if (message === undefined) return;
      const working = this.#work(message, consumer.job).finally(() => {
        consumer.working.delete(working);
        this.#deliver();
      });
      consumer.working.add(working);
    }
  }

  /** Our own cluster's before the peer's, as `x-priority` does. */
  #nextConsumer(): FakeConsumer | undefined {
    const free = this.#consumers.filter(
      ({ attached, working, job }) => attached && working.size < job.consumption.prefetch,
    );
    return free.find(({ own }) => own) ?? free[0];
  }

  async #work(message: FakeMessage, job: Job): Promise<void> {
    this.working += 1;
    this.#unanswered.add(message);
    await nextTurn();
    const outcome = await workOn({ ...message, broker: this.#broker }, job);
    const answered = this.#unanswered.delete(message);
    if (answered && outcome.outcome === 'again') this.#putBack({ ...message, trail: outcome.trail });
    this.working -= 1;
  }

  /** Not awaited by the consumer: a real one is free as soon as the copy lies in the retry queue. */
  #putBack(message: FakeMessage): void {
    this.retrying += 1;
    const delayMs = retryDelaysMs[Math.min(message.trail.retries, retryDelaysMs.length) - 1] ?? 0;
    void (this.#clock ? this.#clock.delay(delayMs) : nextTurn()).then(() => {
      this.retrying -= 1;
      this.put(message);
    });
  }
}
