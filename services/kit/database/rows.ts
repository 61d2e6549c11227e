/** What every row has: its natural key, and the number of its changes. Binary fields come back as `Buffer`. */
export interface Row {
  readonly _id: string;
  /** 1 when inserted; every change raises it by one and names the one it saw. */
  readonly revision: number;
}

/** A row that one holder at a time may own for a while, by the database's clock. */
export interface LeasedRow extends Row {
  readonly leaseHolder?: string;
  /** Written and compared by the database's clock alone, never by ours (failures.md 56). */
  readonly leaseUntil?: Date;
}

/** What the databases compare alike: within one type, and a field that is not there is less than all and equal to none. */
export type Comparable = string | number | boolean | Date;

/** A condition on one field. */
export type Condition<V> =
  | { readonly $exists: boolean }
  | ([V] extends [Comparable]
      ? V | { readonly $lt: V } | { readonly $gte: V } | { readonly $in: readonly V[] }
      : never);

/** Conditions on top-level fields, all of which must hold. An undefined one is a TypeError, not "any". */
export type Where<T> = { readonly [K in keyof T]?: Condition<NonNullable<T[K]>> };

/** Fields in the order in which they count; 1 ascending, -1 descending. */
export type Order<T> = { readonly [K in keyof T]?: 1 | -1 };

/** What to find, in which order, and how much at the most. Without a sort the order is anybody's. */
export interface Find<T> {
  readonly where: Where<T>;
  readonly sort?: Order<T>;
  /** At least 1. */
  readonly limit: number;
}

/**
 * One kind of row in the shared database. Only what MongoDB, DocumentDB and FerretDB do alike and atomically on a
 * single document (design.md §7). Everything throws ParityError `database_unavailable` (with `retryAfterS`) when the
 * database does not answer in time; a write whose outcome is unknown is tried again until it is known, so each is safe
 * to repeat.
 */
export interface Rows<T extends Row> {
  /**
   * Inserts if the key is free: of many who try at once exactly one is told `inserted`, also when its first answer was
   * lost; nobody only if the row was changed eight times or removed meanwhile. Whoever is told `exists` reads the row
   * to see whose it is.
   */
  insert(row: T): Promise<'inserted' | 'exists'>;
  /** The newest majority-written row. */
  read(id: string): Promise<T | undefined>;
  /**
   * Sets fields (undefined removes one) if the row still has the revision that was seen; the changed row, or
   * undefined when someone else was first. If the answer was lost and others changed the row after us, the row as it
   * is now, which holds our change and theirs.
   */
  change(
    seen: Pick<T, '_id' | 'revision'>,
    set: Partial<Omit<T, '_id' | 'revision'>>,
  ): Promise<T | undefined>;
  find(query: Find<T>): Promise<T[]>;
  count(where: Where<T>): Promise<number>;
  /**
   * Removes the row if it still has the revision that was seen. True when this call removed it; after a lost answer,
   * when it is gone. A key that may come back needs a tombstone instead: its revisions begin again at 1.
   */
  remove(seen: Pick<T, '_id' | 'revision'>): Promise<boolean>;
}

/** Rows that can be leased. */
export interface LeasedRows<T extends LeasedRow> extends Rows<T> {
  /**
   * Takes or prolongs the lease of an existing row for `forMs` milliseconds of the database's clock, counted from
   * after the call began: the row, or undefined while another holder's lease lasts or when there is no such row.
   * Raises the revision. Who counts `forMs` from before the call on a monotonic clock knows how long it holds.
   */
  lease(id: string, by: { readonly holder: string; readonly forMs: number }): Promise<T | undefined>;
}
