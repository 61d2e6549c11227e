import type { Rows } from '../kit/database/rows.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Clock } from '../kit/ports.ts';

/** Questions under way at once: more than the database's cores, fewer than the connections that we may have (100). */
const atOnce = 64;

/** How long the work that one request starts goes on: harm goes with the number of users. */
const lastsMs = 2_000;

/** Asks so much of the shared database that everybody's answers come late. */
export interface BusyDatabase {
  /** Begins, or goes on for a little longer. */
  press(): void;
  /** Resolves when nothing is asked any more. */
  stop(): Promise<void>;
}

/** Sorts all documents by something that has no index, over and over, from the moment that it is pressed. */
export function busyDatabase(documents: Pick<Rows<DocumentRow>, 'find'>, clock: Clock): BusyDatabase {
  const stopping = new AbortController();
  let untilMs = 0;
  let asking: Promise<unknown> | undefined;

  const ask = async () => {
    while (!stopping.signal.aborted && clock.monotonic() < untilMs) {
      const query = { where: { name: { $gte: '' } }, sort: { name: 1 }, limit: 100 } as const;
      // Overloaded is what it shall be; who is refused waits as long as anybody would.
      await documents.find(query).catch(() => clock.delay(100));
    }
  };
  return {
    press: () => {
      untilMs = clock.monotonic() + lastsMs;
      asking ??= Promise.all(Array.from({ length: atOnce }, ask)).finally(() => (asking = undefined));
    },
    stop: async () => {
      stopping.abort();
      await asking;
    },
  };
}
