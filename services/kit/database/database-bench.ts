import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import type { LeasedRow } from './rows.ts';

/** A database, and the hands of whoever stands at its server. */
export interface Bench {
  readonly database: Database;
  /** Lets the nth write from now happen and loses its answer (a lease is two writes). */
  loseAnswerOf(nth: number): void;
  /** Puts many rows into a collection at once. */
  fill(collection: string, rows: readonly Sample[]): Promise<void>;
  /** Milliseconds pass at the server. */
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A row with one field of each kind. */
export interface Sample extends LeasedRow {
  readonly state: 'new' | 'old';
  readonly size?: number;
  readonly at?: Date;
  readonly bytes?: Buffer;
  readonly note?: string;
  readonly events?: readonly { readonly at: Date }[];
}

/** As many as meet at one row in the races. */
export const racers = Array.from({ length: 16 }, (_, index) => index);

/** A new row, with whatever matters to the case. */
export function sample(fields: Partial<Sample> = {}): Sample {
  return { _id: randomUUID(), revision: 1, state: 'new', ...fields };
}
