import type { Random } from '../ports.ts';
import { databaseUnavailable, type Persist } from './persist.ts';
import { keptWrites, type RowEngine, type StoredRow, type Update } from './row-engine.ts';
import type { LeasedRow, LeasedRows, Row, Rows, Where } from './rows.ts';

/** What rows are made of: single attempts, the loop that repeats them, and randomness for the nonces. */
export interface DurableRowsOptions {
  readonly collection: string;
  readonly engine: RowEngine;
  readonly persist: Persist;
  readonly random: Random;
}

/** Rows whose writes are right also when answers are lost: each write leaves a nonce by which it knows itself. */
export function durableRows<T extends Row>(options: DurableRowsOptions): Rows<T> {
  const { collection, engine, persist } = options;
  return {
    insert: row => insert(options, row as unknown as StoredRow),
    read: async id => {
      const row = await persist(`read ${collection}`, attempt => engine.read(id, attempt));
      return row && visible<T>(row);
    },
    change: async (seen, set) => {
      const row = await change(options, seen, updateOf(set, nonceOf(options)));
      return row && visible<T>(row);
    },
    find: async ({ where, sort, limit }) => {
      const query = { where: conditions(where), limit: positive(limit), ...(sort && { sort }) };
      const rows = await persist(`find ${collection}`, attempt => engine.find(query, attempt));
      return rows.map(row => visible<T>(row));
    },
    count: async where => {
      const checked = conditions(where);
      return persist(`count ${collection}`, attempt => engine.count(checked, attempt));
    },
    remove: seen => remove(options, seen),
  };
}

/** The same with leases: the database's clock is read by a write on the row itself (docs/decisions/0002). */
export function durableLeasedRows<T extends LeasedRow>(options: DurableRowsOptions): LeasedRows<T> {
  return {
    ...durableRows<T>(options),
    lease: async (id, by) => {
      const row = await lease(options, id, by);
      return row && visible<T>(row);
    },
  };
}

function insert(options: DurableRowsOptions, row: StoredRow): Promise<'inserted' | 'exists'> {
  const { collection, engine, persist } = options;
  const nonce = nonceOf(options);
  return persist(`insert into ${collection}`, async attempt => {
    if (await engine.insert({ ...row, _writes: [nonce] }, attempt)) return 'inserted';
    if (!attempt.isRepeat) return 'exists';
    return hasWrite(await engine.read(row._id, attempt), nonce) ? 'inserted' : 'exists';
  });
}

function change(
  { collection, engine, persist }: DurableRowsOptions,
  { _id, revision }: Row,
  update: Update,
): Promise<StoredRow | undefined> {
  return persist(`change ${collection}`, async attempt => {
    const changed = await engine.update({ _id, revision }, update, attempt);
    if (changed !== undefined || !attempt.isRepeat) return changed;
    const now = await engine.read(_id, attempt);
    if (now === undefined) return undefined;
    if (hasWrite(now, update.nonce)) return now;
    const passed = now.revision - revision;
    // Nothing passed: the lost write is not majority-written yet. Too much passed: its nonce may be gone.
    if (passed < 1 || passed > keptWrites) throw databaseUnavailable('its outcome is not known');
    return undefined;
  });
}

function remove(
  { collection, engine, persist }: DurableRowsOptions,
  { _id, revision }: Row,
): Promise<boolean> {
  return persist(`remove from ${collection}`, async attempt => {
    if (await engine.remove({ _id, revision }, attempt)) return true;
    return attempt.isRepeat && (await engine.read(_id, attempt)) === undefined;
  });
}

function lease(
  options: DurableRowsOptions,
  id: string,
  { holder, forMs }: { readonly holder: string; readonly forMs: number },
): Promise<StoredRow | undefined> {
  const { collection, engine, persist } = options;
  const nonce = nonceOf(options);
  return persist(`lease ${collection}`, async attempt => {
    const asked = await engine.stamp(id, attempt);
    const now = asked?._askedAt;
    if (asked === undefined || now === undefined) return undefined;
    if (isHeldByAnother(asked as LeasedRow, { holder, now })) return undefined;
    if (hasWrite(asked, nonce)) return asked;
    const leaseUntil = new Date(now.getTime() + positive(forMs));
    const leased = await engine.update(
      asked,
      { set: { leaseHolder: holder, leaseUntil }, unset: [], nonce },
      attempt,
    );
    if (leased === undefined) throw databaseUnavailable('the row keeps changing');
    return leased;
  });
}

function isHeldByAnother(row: LeasedRow, { holder, now }: { holder: string; now: Date }): boolean {
  if (row.leaseHolder === undefined || row.leaseHolder === holder) return false;
  return row.leaseUntil !== undefined && row.leaseUntil > now;
}

function updateOf(fields: object, nonce: string): Update {
  const entries = Object.entries(fields);
  return {
    set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    unset: entries.filter(([, value]) => value === undefined).map(([field]) => field),
    nonce,
  };
}

/** A forgotten value must not become "any". */
function conditions<T>(where: Where<T>): Readonly<Record<string, unknown>> {
  for (const [field, condition] of Object.entries(where)) {
    if (condition === undefined) throw new TypeError(`The condition on ${field} is undefined.`);
  }
  return where as Readonly<Record<string, unknown>>;
}

/** MongoDB takes a limit of 0 for none. */
function positive(value: number): number {
  if (!(value >= 1)) throw new TypeError(`${value} is not at least 1.`);
  return value;
}

function hasWrite(row: StoredRow | undefined, nonce: string): boolean {
  return row?._writes?.includes(nonce) === true;
}

function nonceOf({ random }: DurableRowsOptions): string {
  return random.bytes(9).toString('base64url');
}

function visible<T extends Row>(stored: StoredRow): T {
  const row: Record<string, unknown> = { ...stored };
  delete row['_writes'];
  delete row['_askedAt'];
  return row as unknown as T;
}
