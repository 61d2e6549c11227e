import { isParityError } from '../../domain/errors.ts';
import type { Clock } from '../ports.ts';

/** Attempts before an unavailable store is given up on; the last waits are the longest: two seconds in all. */
const attempts = 6;
const firstWaitMs = 60;

/**
 * Repeats a read-then-write until it settles. `attempt` answers undefined when somebody else was faster and it should
 * look again. An unavailable store is asked again for about two seconds, then its error is thrown.
 */
export async function compareAndSet<T>(clock: Clock, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let failures = 0; ;) {
    try {
      const settled = await attempt();
      if (settled !== undefined) return settled;
    } catch (error) {
      failures += 1;
      if (!isParityError(error, 'record_unavailable') || failures >= attempts) throw error;
      await clock.delay(firstWaitMs * 2 ** (failures - 1));
    }
  }
}
