import type { ReleaseWorld } from '../release/ports.ts';
import { keepLock, type Keeping } from '../release/store/keep-lock.ts';
import { takeOperatorLock } from '../release/store/operator-lock.ts';
import { giveBack } from '../release/with-operator-lock.ts';

/** Who has the lock meanwhile, and what happens when he loses it. */
export interface Holder extends Keeping {
  readonly who: string;
}

/** How the lock is lent to a process that works on its holder's behalf. */
export interface LockLending {
  /** Gives it back, so that the process can take it. */
  lend(): Promise<void>;
  /** Takes it again: at once if the process has given it back, after a lease if it is dead. @throws as `holdingLock` */
  takeAgain(): Promise<void>;
}

/**
 * Keeps the operator's lock for work that has no pauses of its own to renew it in.
 * @throws ParityError `already_shipping`, and what the work throws
 */
export async function holdingLock<T>(
  world: ReleaseWorld,
  holder: Holder,
  work: (lending: LockLending) => Promise<T>,
): Promise<T> {
  const take = async () => {
    const lock = await takeOperatorLock(world, holder);
    return { lock, kept: keepLock(lock, holder) };
  };
  let held: Awaited<ReturnType<typeof take>> | undefined = await take();
  const lend = async () => {
    await held?.kept.stop();
    if (held !== undefined) await giveBack(held.lock);
    held = undefined;
  };
  try {
    return await work({ lend, takeAgain: async () => void (held ??= await take()) });
  } finally {
    await lend();
  }
}
