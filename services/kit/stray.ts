import { createHash } from 'node:crypto';
import type { Delivery } from './broker/broker.ts';
import type { Row, Rows } from './database/rows.ts';

/** A message that no document can be found for, kept as it came (failures.md 32). */
export interface StrayRow extends Row {
  readonly payload: string;
  readonly why: string;
  readonly broker: string;
  readonly at: Date;
}

/** The collection that all releases share. */
export const strayCollection = 'strays';

/** Keeps a message, keyed by its content, so that keeping it twice keeps it once. */
export async function keepStray(strays: Rows<StrayRow>, delivery: Delivery, by: { why: string; at: Date }) {
  await strays.insert({
    _id: createHash('sha256').update(delivery.payload).digest('hex').slice(0, 32),
    revision: 1,
    payload: delivery.payload.toString('utf8'),
    broker: delivery.broker,
    ...by,
  });
}
