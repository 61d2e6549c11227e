import type { Clock } from './ports.ts';

/** How long something may take. */
export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
}

/** What `withinDeadline` returns when the time is up. */
export const overdue = Symbol('overdue');

/** The result of `work`, or `overdue` after `ms`; the work itself goes on, and its later failure is nobody's. */
export async function withinDeadline<T>(
  work: Promise<T>,
  { clock, ms }: Deadline,
): Promise<T | typeof overdue> {
  const finished = new AbortController();
  const ring = (): typeof overdue => overdue;
  const bell = clock.delay(ms, finished.signal).then(ring, ring);
  try {
    return await Promise.race([work, bell]);
  } finally {
    finished.abort();
  }
}
