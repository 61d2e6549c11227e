import type { Clock } from '../ports.ts';
import type { HeldLock } from './operator-lock.ts';

/** A lock that is renewed all the time. */
export interface KeptLock {
  /** Ends that; the lock is still held for a lease. */
  stop(): Promise<void>;
}

/** How a lock is kept. */
export interface Keeping {
  readonly leaseMs: number;
  readonly clock: Pick<Clock, 'delay'>;
  /** Told once, when it cannot be renewed any more: `lease_lost`. */
  readonly onLost: (error: unknown) => void;
}

/** Renews a lock three times in each lease, beside work that has no pauses of its own to do it in. */
export function keepLock(lock: HeldLock, keeping: Keeping): KeptLock {
  const over = new AbortController();
  const renewing = renewUntil(over.signal, lock, keeping);
  return {
    stop: async () => {
      over.abort();
      await renewing;
    },
  };
}

async function renewUntil(
  over: AbortSignal,
  lock: HeldLock,
  { leaseMs, clock, onLost }: Keeping,
): Promise<void> {
  for (;;) {
    await clock.delay(leaseMs / 3, over).catch(() => {});
    if (over.aborted) return;
    try {
      await lock.renew();
    } catch (error) {
      return onLost(error);
    }
  }
}
