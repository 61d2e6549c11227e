import { writesKept, type RecordWrite, type ReleaseRecord } from './record-shape.ts';

/** A pure transition of the record; throws ParityError `release_refused` where it is not allowed. */
export type RecordChange = (record: ReleaseRecord) => ReleaseRecord;

/** The record after `change`: one version on, and with the write that made it first in its list. */
export function nextRecord(
  record: ReleaseRecord,
  change: RecordChange,
  by: Omit<RecordWrite, 'version'>,
): ReleaseRecord {
  const version = record.version + 1;
  const writes = [{ version, ...by }, ...record.writes].slice(0, writesKept);
  return { ...change(record), version, writes };
}
