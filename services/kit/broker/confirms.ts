import type { Clock } from '../ports.ts';

/** How waiting for a confirm ended. */
export interface Ending {
  /** Why there was none; undefined when the broker confirmed. */
  readonly failure: string | undefined;
  /** `basic.return` came before the confirm: no queue took the message (failures.md 23). */
  readonly returned: boolean;
  readonly tookMs: number;
}

/** A publish whose confirm is awaited. */
export interface Awaited {
  readonly ended: Promise<Ending>;
  /** Only the first call counts. */
  readonly settle: (failure?: string) => void;
}

interface Waiting extends Awaited {
  readonly since: number;
  returned: boolean;
}

/** Everything that a publisher has sent and the broker has not confirmed. */
export class Confirms {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #overdue: () => void;
  readonly #closing = new AbortController();
  /** In the order of sending, so that the first is the oldest. */
  readonly #waiting = new Map<string, Waiting>();
  #watching = false;

  /** `overdue` is called when the oldest has waited for `deadlineMs`; it must call `settleAll`. */
  constructor(options: { clock: Clock; deadlineMs: number; overdue: () => void }) {
    this.#clock = options.clock;
    this.#deadlineMs = options.deadlineMs;
    this.#overdue = options.overdue;
  }

  /** Publishes that wait now. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Awaits the confirm of the message `id` from now on. */
  expect(id: string): Awaited {
    const since = this.#clock.monotonic();
    const { promise: ended, resolve } = Promise.withResolvers<Ending>();
    const settle = (failure?: string): void => {
      if (this.#waiting.get(id) === waiting) this.#waiting.delete(id);
      resolve({ failure, returned: waiting.returned, tookMs: this.#clock.monotonic() - since });
    };
    const waiting: Waiting = { since, returned: false, ended, settle };
    this.#waiting.set(id, waiting);
    if (!this.#watching) void this.#watch();
    return waiting;
  }

  /** Notes that the broker sent `id` back. */
  markReturned(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting) waiting.returned = true;
  }

  /** Ends all waiting: whatever is unconfirmed now has an unknown outcome. */
  settleAll(failure: string): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle(failure);
  }

  /** Resolves when everything that waits now has ended, and stops watching. */
  async close(): Promise<void> {
    await Promise.all([...this.#waiting.values()].map(waiting => waiting.ended));
    this.#closing.abort();
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    for (let oldest = this.#oldest(); oldest; oldest = this.#oldest()) {
      const leftMs = oldest.since + this.#deadlineMs - this.#clock.monotonic();
      if (leftMs <= 0) this.#overdue();
      else await this.#clock.delay(leftMs, this.#closing.signal).catch(() => {});
      if (this.#closing.signal.aborted) return;
    }
    this.#watching = false;
  }

  #oldest(): Waiting | undefined {
    return this.#waiting.values().next().value;
  }
}
