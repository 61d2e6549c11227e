/** What every row has: its natural key, and the number of its changes. */
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

/** A condition on one field. */
export type Condition<V> =
  | V
  | { readonly $lt: V }
  | { readonly $gte: V }
  | { readonly $in: readonly V[] }
  | { readonly $exists: boolean };

/** Conditions on top-level fields, all of which must hold. */
export type Where<T> = { readonly [K in keyof T]?: Condition<NonNullable<T[K]>> };

/** What to find, in which order (1 ascending, -1 descending), and how much at the most. */
export interface Find<T> {
  readonly where: Where<T>;
  readonly sort?: { readonly [K in keyof T]?: 1 | -1 };
  readonly limit: number;
}

/**
 * One kind of row in the shared database. Only what MongoDB, DocumentDB and FerretDB do alike and atomically on a
 * single document (design.md §7). Everything throws ParityError `database_unavailable` when the database does not
 * answer in time; a write whose outcome is unknown is tried again until it is known, so each is safe to repeat.
 */
export interface Rows<T extends Row> {
  /** Inserts if the key is free: of many who try at once exactly one is told `inserted`, or, when its own answer was
   * lost, nobody: whoever is told `exists` reads the row to see whose it is. */
  insert(row: T): Promise<'inserted' | 'exists'>;
  /** The newest majority-written row. */
  read(id: string): Promise<T | undefined>;
  /**
   * Sets fields (undefined removes one) if the row still has the revision that was seen; the changed row, or
   * undefined when someone else was first.
   */
  change(
    seen: Pick<T, '_id' | 'revision'>,
    set: Partial<Omit<T, '_id' | 'revision'>>,
  ): Promise<T | undefined>;
  find(query: Find<T>): Promise<T[]>;
  count(where: Where<T>): Promise<number>;
  /** True when this call, or one whose answer was lost, removed it. */
  remove(seen: Pick<T, '_id' | 'revision'>): Promise<boolean>;
}

/** Rows that can be leased. */
export interface LeasedRows<T extends LeasedRow> extends Rows<T> {
  /**
   * Takes or prolongs the lease of an existing row for `forMs` milliseconds of the database's clock: the row, or
   * undefined while another holder's lease lasts. Raises the revision.
   */
  lease(id: string, by: { readonly holder: string; readonly forMs: number }): Promise<T | undefined>;
}
