import type { Parity } from '../../../domain/parity.ts';
import type { Message, MessageKind, ReadMessage } from '../../../domain/messages.ts';

/** What a handler made of a message. `done` is acked; a `retry` comes back later; `park` puts it aside. */
export type Verdict =
  | { readonly verdict: 'done' }
  | {
      readonly verdict: 'retry';
      readonly reason: string;
      /** False when it is nobody's fault (a dependency is away): then the attempts are not counted. */
      readonly counts: boolean;
    };

/** A message as it came from a broker. */
export interface Delivery {
  readonly read: ReadMessage;
  /** The payload as it came, for whatever must be kept unread. */
  readonly payload: Buffer;
  /** Attempts before this one: our own header and the broker's count of deliveries that ended in a dead process. */
  readonly attempts: number;
  /** Whose broker it came from. */
  readonly broker: Parity;
}

/** Why a message is not tried again. */
export type GivenUp = 'attempts_exhausted' | 'delivery_limit' | 'unknown_schema' | 'unreadable';

/** How one kind of message is worked on. */
export interface Consumption {
  /**
   * Only called with messages of the asked kind that could be read. A rejection is a retry; it counts as an attempt
   * unless it is a ParityError that says that a dependency is away or full (`database_unavailable`, `spool_full` …).
   */
  readonly handle: (message: Message, delivery: Delivery) => Promise<Verdict>;
  /** Puts a message aside where people see it; when it rejects, the message is tried again later, never dropped. */
  readonly park: (delivery: Delivery, why: GivenUp, lastReason?: string) => Promise<void>;
  /** Messages worked on at once, from each broker. */
  readonly prefetch: number;
}

/** What waits in a release's work queue of one kind on one broker. */
export interface QueueDepth {
  readonly ready: number;
}

/**
 * The pair's brokers as a service sees them: its own cluster's, and the peer's for what its peers leave
 * (design.md §4, adoption by priority).
 */
export interface Broker {
  /**
   * Publishes persistently and mandatorily to our own broker, to the peer's if ours is down, and resolves with the
   * broker that confirmed. An outcome that stays unknown is an error: publishing again is always safe.
   * @throws ParityError `broker_unavailable`, with `retryAfterS`.
   */
  publish(message: Message): Promise<Parity>;
  /** Attaches to both brokers, now and whenever they come back. */
  consume(kind: MessageKind, consumption: Consumption): void;
  /** What waits on one broker; undefined when that broker does not answer. */
  depth(kind: MessageKind, broker: Parity): Promise<QueueDepth | undefined>;
  /** What waits on all brokers that answer, to be worked on or for its next try. */
  waiting(kind: MessageKind): Promise<number>;
  /** Which brokers answer now and take publishes (no alarm). */
  health(): Record<Parity, boolean>;
  /** Cancels consumers first, lets what is being worked on end (bounded), awaits confirms, then disconnects. */
  close(): Promise<void>;
}
