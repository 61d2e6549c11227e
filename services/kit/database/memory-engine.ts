import type { Clock } from '../ports.ts';
import { compareRows, matches } from './matches.ts';
import { databaseUnavailable } from './persist.ts';
import { keptWrites, type RowEngine, type StoredRow } from './row-engine.ts';

/** What goes wrong with a database in memory; change it at any time. */
export interface MemoryFaults {
  /** Nothing answers and nothing happens. */
  down: boolean;
  /** Milliseconds before anything happens. */
  slowMs: number;
  /** 1: the next write happens and its answer is lost; 2: the one after it; 0: none. A lease is two writes. */
  loseAnswerOf: number;
}

/** The server behind the rows: its clock and its faults. */
export interface MemoryServer {
  /** The server's clock, epoch milliseconds; nobody else's. */
  now: number;
  readonly faults: MemoryFaults;
}

/** What one collection in memory is made of. */
export interface MemoryEngineOptions {
  readonly rows: Map<string, StoredRow>;
  readonly server: MemoryServer;
  readonly clock: Pick<Clock, 'delay'>;
}

/** One collection in memory, atomic because nothing is awaited within a step. */
export function memoryEngine(options: MemoryEngineOptions): RowEngine {
  const { rows, server } = options;
  const answer = <R>(step: () => R) => answerOf(options, step);
  const write = async <R>(step: () => R) => {
    const result = await answer(step);
    if (server.faults.loseAnswerOf > 0 && --server.faults.loseAnswerOf === 0)
      throw databaseUnavailable('answer lost');
    return result;
  };
  return {
    insert: row =>
      write(() => {
        const isFree = !rows.has(row._id);
        if (isFree) put(rows, row);
        return isFree;
      }),
    read: id => answer(() => copied(rows.get(id))),
    update: (seen, { set, unset, nonce }) =>
      write(() => {
        const row = rows.get(seen._id);
        if (row?.revision !== seen.revision) return undefined;
        const writes = [...(row._writes ?? []), nonce].slice(-keptWrites);
        const changed = { ...row, ...set, _id: row._id, revision: row.revision + 1, _writes: writes };
        return put(
          rows,
          Object.fromEntries(Object.entries(changed).filter(([field]) => !unset.includes(field))),
        );
      }),
    stamp: id =>
      write(() => {
        const row = rows.get(id);
        return row && put(rows, { ...row, _askedAt: new Date(server.now) });
      }),
    find: ({ where, sort = {}, limit }) =>
      answer(() => matching(rows, where).sort(compareRows(sort)).slice(0, limit).map(copy)),
    count: where => answer(() => matching(rows, where).length),
    remove: ({ _id, revision }) => write(() => rows.get(_id)?.revision === revision && rows.delete(_id)),
  };
}

async function answerOf<R>({ server, clock }: MemoryEngineOptions, step: () => R): Promise<R> {
  if (server.faults.slowMs > 0) await clock.delay(server.faults.slowMs);
  // Everybody takes turns, as on a wire.
  await Promise.resolve();
  if (server.faults.down) throw databaseUnavailable('down');
  return step();
}

function matching(rows: Map<string, StoredRow>, where: Readonly<Record<string, unknown>>): StoredRow[] {
  return [...rows.values()].filter(row => matches(row, where));
}

function put(rows: Map<string, StoredRow>, row: object): StoredRow {
  const stored = copy(row as StoredRow);
  rows.set(stored._id, stored);
  return copy(stored);
}

function copied(row: StoredRow | undefined): StoredRow | undefined {
  return row && copy(row);
}

/** What a round through the wire makes of a row: nothing shared, no undefined fields, bytes as a Buffer. */
function copy(row: StoredRow): StoredRow {
  return copyOf(row) as StoredRow;
}

function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(copyOf);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, copyOf(field)]));
}
