import type { Row } from './rows.ts';

/** A row as it is stored: what its service sees, and what the data layer keeps beside it. */
export interface StoredRow extends Row {
  /** The nonces of its newest writes, oldest first: by these a writer whose answer was lost knows its own. */
  readonly _writes?: readonly string[];
  /** When a lease was last asked for, by the database's clock. */
  readonly _askedAt?: Date;
  readonly [field: string]: unknown;
}

/** How many nonces a row keeps: as many changes may pass before a lost answer can no longer be told. */
export const keptWrites = 8;

/** One compare-and-set. */
export interface Update {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
  /** Appended to `_writes`. */
  readonly nonce: string;
}

/** A query as it goes to the engine; field names are checked where it is made. */
export interface EngineFind {
  readonly where: Readonly<Record<string, unknown>>;
  readonly sort?: Readonly<Record<string, 1 | -1 | undefined>>;
  readonly limit: number;
}

/** What an attempt needs to know. */
export interface AttemptOptions {
  /** Milliseconds after which nobody waits for it any more. */
  readonly leftMs: number;
}

/**
 * One attempt at each thing that can be done with a collection: no repeating, no deadline. When one rejects, whether
 * it happened is unknown. Each is atomic on its one document.
 */
export interface RowEngine {
  /** False when the key is taken. */
  insert(row: StoredRow, options: AttemptOptions): Promise<boolean>;
  read(id: string, options: AttemptOptions): Promise<StoredRow | undefined>;
  /** The row after the change and with its revision raised, or undefined when none has that key and revision. */
  update(seen: Row, update: Update, options: AttemptOptions): Promise<StoredRow | undefined>;
  /** Writes the database's time into `_askedAt`, leaves the revision alone, and returns the row. */
  stamp(id: string, options: AttemptOptions): Promise<StoredRow | undefined>;
  find(query: EngineFind, options: AttemptOptions): Promise<StoredRow[]>;
  count(where: EngineFind['where'], options: AttemptOptions): Promise<number>;
  /** False when none has that key and revision. */
  remove(seen: Row, options: AttemptOptions): Promise<boolean>;
}
