import { z } from 'zod';
import { ParityError } from './errors.ts';
import { perParity, type Parity } from './parity.ts';
import { recordFaults } from './record-laws.ts';
import { recordShape, type RecordWrite, type ReleaseRecord } from './record-shape.ts';
import type { Release } from './release.ts';

export type { RecordWrite, ReleaseRecord } from './record-shape.ts';

/** What a stored record must be. */
export const lawfulRecord = recordShape.superRefine((record, context) => {
  for (const message of recordFaults(record)) context.addIssue({ code: 'custom', message });
});

/** @throws ParityError `invalid_record` naming every fault with its path. */
export function parseRecord(value: unknown): ReleaseRecord {
  const parsed = lawfulRecord.safeParse(value);
  if (!parsed.success) {
    throw new ParityError('invalid_record', `The record is not valid:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** The first record of a new pair: one release, live on the cluster of its sprint and its own cover on the other. */
export function firstRecord(first: {
  live: { parity: Parity; release: Release };
  at: string;
  who: string;
  nonce: string;
}): ReleaseRecord {
  const { live, ...by } = first;
  const write: RecordWrite = { version: 1, ...by, what: 'begin', why: 'a new pair', about: live.release };
  return {
    schema: 1,
    version: 1,
    live,
    retiring: [],
    runs: perParity(() => [live.release]),
    threshold: 0,
    cohorts: [],
    approved: [],
    writes: [write],
  };
}
