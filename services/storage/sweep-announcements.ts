import { storedMessageOf, type Storing } from './storing.ts';
import type { Backoff, SweepTimes } from './sweep.ts';

/** Publishes again for documents that were stored and whose owner was not told (failures.md 43b); how many. */
export async function sweepAnnouncements(
  storing: Storing,
  sweep: { left: number; backoff: Backoff; times: SweepTimes },
): Promise<number> {
  const before = new Date(storing.clock.now() - sweep.times.afterMs);
  const waiting = await storing.documents.find({
    where: { state: 'stored', storedAt: { $lt: before } },
    sort: { storedAt: 1 },
    limit: Math.max(1, sweep.left),
  });
  const due = waiting.slice(0, sweep.left).filter(row => sweep.backoff.due(`notify ${row._id}`));
  for (const row of due) await storing.broker.publish(storedMessageOf(row));
  return due.length;
}
