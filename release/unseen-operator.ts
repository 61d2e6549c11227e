import type { ReleaseRecord } from '../domain/record.ts';
import type { ReleaseWorld } from './ports.ts';
import { operatorOf } from './store/operator-lock.ts';
import { takeBackIn } from './take-back.ts';

/** Somebody who has the lock while the record says nothing of a release that is under way. */
export interface UnseenOperator {
  readonly who: string;
  readonly since: string;
}

/**
 * Who may be in preflight, which leaves no trace in the record and cannot be stopped there. Whose release has just been
 * taken back is none: he sees it at his next look.
 */
export async function unseenOperator(
  { objects }: Pick<ReleaseWorld, 'objects'>,
  record: ReleaseRecord,
): Promise<UnseenOperator | undefined> {
  const operator = await operatorOf(objects);
  const back = record.candidate && takeBackIn(record, record.candidate);
  const isEnding = back !== undefined && operator !== undefined && back.at >= operator.since;
  return isEnding ? undefined : operator;
}

/** What to tell somebody who wanted to stop a release. */
export function sayUnseen({ who, since }: UnseenOperator): string {
  return `${who} has the lock since ${since.slice(11, 19)}, so a release may be in its preflight: Ctrl-C there ends it, or say this again when it is at deploy.`;
}
