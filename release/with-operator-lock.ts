import { isParityError } from '../domain/errors.ts';
import type { ReleaseWorld } from './ports.ts';
import { takeOperatorLock, type HeldLock } from './store/operator-lock.ts';

/** Does what only one operator at a time may do. @throws ParityError `already_shipping`, and what the work throws */
export async function withOperatorLock<T>(
  world: ReleaseWorld,
  by: { readonly who: string; readonly leaseMs: number },
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const lock = await takeOperatorLock(world, by);
  try {
    return await work(lock);
  } finally {
    await giveBack(lock);
  }
}

/** A lock that cannot be given back runs out by itself. */
export async function giveBack(lock: HeldLock): Promise<void> {
  await lock.release().catch((error: unknown) => {
    if (!isParityError(error)) throw error;
  });
}
