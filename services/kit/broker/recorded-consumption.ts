import { EventEmitter, once } from 'node:events';
import type { Message } from '../../../domain/messages.ts';
import type { Consumption, Delivery, GivenUp, Verdict } from './broker.ts';

/** A delivery that a test's handler saw. */
export interface Handled {
  readonly message: Message;
  readonly delivery: Delivery;
}

/** A message that was given up. */
export interface Parked {
  readonly delivery: Delivery;
  readonly why: GivenUp;
  readonly lastReason: string | undefined;
}

/** A consumption that remembers what it was given. Test only. */
export interface RecordedConsumption extends Consumption {
  readonly handled: Handled[];
  readonly parked: Parked[];
  /** Resolves with the first `count` that were handled. */
  awaitHandled(count: number): Promise<Handled[]>;
  /** Resolves with the first that was parked. */
  awaitParked(): Promise<Parked>;
}

/** Handles by `answer`, which is given how many were handled before, and parks by `park`. */
export function recordConsumption(
  options: {
    answer?: (handled: Handled, before: number) => Promise<Verdict>;
    park?: (parked: Parked) => Promise<void>;
    prefetch?: number;
  } = {},
): RecordedConsumption {
  const {
    answer = async () => ({ verdict: 'done' as const }),
    park = async () => {},
    prefetch = 16,
  } = options;
  const changes = new EventEmitter();
  const handled: Handled[] = [];
  const parked: Parked[] = [];
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await once(changes, 'change');
  };
  return {
    prefetch,
    handled,
    parked,
    handle: async (message, delivery) => {
      const entry = { message, delivery };
      const before = handled.push(entry) - 1;
      changes.emit('change');
      return answer(entry, before);
    },
    park: async (delivery, why, lastReason) => {
      const entry = { delivery, why, lastReason };
      await park(entry);
      parked.push(entry);
      changes.emit('change');
    },
    awaitHandled: async count => {
      await until(() => handled.length >= count);
      return handled.slice(0, count);
    },
    awaitParked: async () => {
      await until(() => parked.length > 0);
      return parked[0] as Parked;
    },
  };
}
