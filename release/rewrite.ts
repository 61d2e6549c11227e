import { isParityError } from '../domain/errors.ts';
import type { RecordChange } from '../domain/next-record.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { ReleaseWorld, WriteReason } from './ports.ts';
import { shippedIn } from './take-back.ts';

/**
 * Writes what `change` makes of the record, whoever writes at the same time: it is made anew of every newer record.
 * @throws ParityError `release_refused` by the change, and what the store throws
 */
export async function rewrite(
  { store }: Pick<ReleaseWorld, 'store'>,
  change: RecordChange,
  said: Omit<WriteReason, 'about'>,
): Promise<ReleaseRecord> {
  for (;;) {
    const record = await store.read();
    try {
      return await store.write(record, change, { ...said, about: shippedIn(record) });
    } catch (error) {
      if (!isParityError(error, 'record_conflict')) throw error;
    }
  }
}
