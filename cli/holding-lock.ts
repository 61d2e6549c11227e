import { isParityError } from '../domain/errors.ts';
import type { ReleaseWorld } from '../release/ports.ts';
import type { HeldLock } from '../release/store/operator-lock.ts';
import { withOperatorLock } from '../release/with-operator-lock.ts';
import type { Clock } from '../services/kit/ports.ts';

/** Who has the lock meanwhile, and what happens when he loses it. */
export interface Holder {
  readonly who: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Told `lease_lost`, once. */
  readonly onLost: (error: unknown) => void;
}

/**
 * Keeps the operator's lock for work that has no pauses of its own to renew it in. The work may hand it over to whoever
 * ships on its behalf.
 * @throws ParityError `already_shipping`, and what the work throws
 */
export async function holdingLock<T>(
  world: ReleaseWorld,
  holder: Holder,
  work: (handOver: () => Promise<void>) => Promise<T>,
): Promise<T> {
  return await withOperatorLock(world, holder, async lock => {
    const over = new AbortController();
    const renewing = renewUntil(over.signal, lock, holder);
    const end = async () => {
      over.abort();
      await renewing;
    };
    try {
      return await work(async () => {
        await end();
        await lock.release();
      });
    } finally {
      await end();
    }
  });
}

async function renewUntil(
  over: AbortSignal,
  lock: HeldLock,
  { leaseMs, clock, onLost }: Holder,
): Promise<void> {
  for (;;) {
    await clock.delay(leaseMs / 3, over).catch(() => {});
    if (over.aborted) return;
    try {
      await lock.renew();
    } catch (error) {
      // Whoever would take the lock needs the store too, so one that is away robs nobody.
      if (!isParityError(error, 'record_unavailable')) return onLost(error);
    }
  }
}
