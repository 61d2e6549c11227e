import { storedMessageOf, type Storing } from './storing.ts';
import type { Backoff, SweepTimes } from './sweeping.ts';

/**
 * Makes what publishes again for documents that were stored and whose owner was not told (failures.md 43b); it says
 * for how many. What was announced before is announced again only for as many as the queues have lost: while FCM is
 * down all wait in them, and each copy would come back every half minute (failures.md 48). Each call looks at `left`
 * documents at the most and goes on where the last one ended, so that old ones that wait for FCM do not hide the younger.
 */
export function announcementSweeper(
  storing: Storing,
  { backoff, times }: { backoff: Backoff; times: SweepTimes },
): (left: number) => Promise<number> {
  const beginning = new Date(0);
  let from = beginning;
  return async left => {
    if (left < 1) return 0;
    const before = new Date(storing.clock.now() - times.afterMs);
    const waiting = await storing.documents.find({
      where: { state: 'stored', storedAt: { $gte: from, $lt: before } },
      sort: { storedAt: 1 },
      limit: left,
    });
    const last = waiting.length < left ? undefined : waiting.at(-1)?.storedAt;
    from = last === undefined ? beginning : new Date(last.getTime() + 1);
    let published = 0;
    let lost: number | undefined;
    for (const row of waiting) {
      const id = `notify ${row._id}`;
      if (!backoff.isDue(id)) continue;
      if (!backoff.isNew(id)) {
        lost ??= await lostMessages(storing, before);
        if (lost <= 0) continue;
        lost -= 1;
      }
      await storing.broker.publish(storedMessageOf(row));
      backoff.tried(id);
      published += 1;
    }
    return published;
  };
}

/** How many documents whose owners wait to be told have no message any more, at least. */
async function lostMessages({ documents, broker }: Storing, before: Date): Promise<number> {
  const queued = await broker.waiting('document.stored');
  return (await documents.count({ state: 'stored', storedAt: { $lt: before } })) - queued;
}
