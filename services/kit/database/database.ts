import type { LeasedRow, LeasedRows, Order, Row, Rows } from './rows.ts';

/** The shared database as a service sees it. Comes up, and stays, also while the database is away. */
export interface Database {
  /** The rows of one collection; it need not exist. */
  rows<T extends Row>(collection: string): Rows<T>;
  leasedRows<T extends LeasedRow>(collection: string): LeasedRows<T>;
  /**
   * Makes the indexes that are not there, trying again for as long as the database is away; never unique ones, for
   * the natural key is the `_id` (design.md §7). Rejects with `database_unavailable` only when closed meanwhile.
   */
  ensureIndexes<T extends Row>(collection: string, indexes: readonly Order<T>[]): Promise<void>;
  /** True when a read went through to the server that takes writes, within a second. For readiness. */
  health(): Promise<boolean>;
  /** Ends what is under way with `database_unavailable` and disconnects. */
  close(): Promise<void>;
}
