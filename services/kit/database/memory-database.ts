import { systemClock, systemRandom, type Clock, type Random } from '../ports.ts';
import type { Database } from './database.ts';
import { durableLeasedRows, durableRows, type DurableRowsOptions } from './durable-rows.ts';
import { memoryEngine, type MemoryServer } from './memory-engine.ts';
import { createPersist, type Retry } from './persist.ts';
import type { StoredRow } from './row-engine.ts';

/** A database in memory, for unit tests: the real semantics over a server whose clock and faults the test holds. */
export interface MemoryDatabase extends Database {
  readonly server: MemoryServer;
}

/** What a test may want to hold too. */
export interface MemoryDatabaseOptions {
  /** For deadlines and pauses only; leases go by `server.now`. */
  readonly clock?: Pick<Clock, 'monotonic' | 'delay'>;
  readonly random?: Random;
  /** Milliseconds for one call with all its repeats. @default 200 */
  readonly deadlineMs?: number;
  readonly onRetry?: (retry: Retry) => void;
}

/** Makes an empty one. Its server's clock stands still until the test moves it. */
export function memoryDatabase(options: MemoryDatabaseOptions = {}): MemoryDatabase {
  const { clock = systemClock, random = systemRandom, deadlineMs = 200, onRetry } = options;
  const server: MemoryServer = {
    now: Date.UTC(2026, 0, 1),
    faults: { down: false, slowMs: 0, loseAnswerOf: 0 },
  };
  const collections = new Map<string, Map<string, StoredRow>>();
  const closing = new AbortController();
  const classify = () => 'broken' as const;
  const persist = createPersist({ clock, random, deadlineMs, classify, closed: closing.signal, onRetry });
  const rowsOptions = (collection: string): DurableRowsOptions => {
    const rows = collections.get(collection) ?? new Map<string, StoredRow>();
    collections.set(collection, rows);
    return { collection, engine: memoryEngine({ rows, server, clock }), persist, random };
  };
  return {
    server,
    rows: collection => durableRows(rowsOptions(collection)),
    leasedRows: collection => durableLeasedRows(rowsOptions(collection)),
    ensureIndexes: async () => {},
    health: async () => !server.faults.down,
    close: async () => {
      server.faults.down = true;
      closing.abort();
    },
  };
}
