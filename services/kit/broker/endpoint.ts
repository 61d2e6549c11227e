import type { Parity } from '../../../domain/parity.ts';
import type { MessageKind } from '../../../domain/messages.ts';
import type { Release } from '../../../domain/release.ts';
import type { Log } from '../logger.ts';
import type { Clock, Random } from '../ports.ts';
import type { GivenUp } from './broker.ts';

/** Counts what goes through the brokers. Every label is bounded. */
export interface BrokerObserver {
  /** Handed to a broker; the outcome is not known yet. */
  published(broker: Parity): void;
  confirmed(broker: Parity, tookMs: number): void;
  /** No queue took it: somebody deleted or unbound a queue that is still in use. */
  returned(broker: Parity): void;
  retried(kind: MessageKind): void;
  parked(kind: MessageKind, why: GivenUp): void;
}

/** Counts nothing. */
export const noObserver: BrokerObserver = {
  published: () => {},
  confirmed: () => {},
  returned: () => {},
  retried: () => {},
  parked: () => {},
};

/** How long the adapter waits for what. */
export interface BrokerTiming {
  /** Connecting and declaring; also the longest wait for an orderly goodbye. */
  readonly connectMs: number;
  /** A broker that leaves a publish unconfirmed for so long counts as away. */
  readonly confirmMs: number;
  /** How often a publish without a destination asks whether the broker still takes any. */
  readonly probeMs: number;
  /** First and longest pause before connecting again; doubled each time, with jitter. */
  readonly reconnectMs: { readonly first: number; readonly most: number };
  /** What is being worked on may take so long after `close()`; then the broker gives it to somebody else. */
  readonly drainMs: number;
  /** AMQP heartbeat in seconds: a silent partner is given up after two to three of them (design.md §4). */
  readonly heartbeatS: number;
}

/**
 * A broker answers within milliseconds; on a machine with too much to do its disk may hold a confirm up for seconds
 * (measured: more than 3 s at a load of 12 on two cores). The drain fits a grace of 30 s at the process's end.
 */
export const defaultTiming: BrokerTiming = {
  connectMs: 5_000,
  confirmMs: 5_000,
  probeMs: 2_000,
  reconnectMs: { first: 50, most: 1_000 },
  drainMs: 20_000,
  heartbeatS: 5,
};

/** One of the pair's brokers, and what is needed to work with it. */
export interface Endpoint {
  readonly broker: Parity;
  /** `amqp://` or `amqps://`, with user and password. */
  readonly url: string;
  readonly release: Release;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly observer: BrokerObserver;
  readonly timing: BrokerTiming;
}
