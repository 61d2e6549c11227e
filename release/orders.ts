import { isParityError } from '../domain/errors.ts';
import type { RecordChange } from '../domain/next-record.ts';
import { approve, rejectCandidate } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepId } from '../domain/release-step.ts';
import type { ReleaseWorld } from './ports.ts';
import { shippedIn, takeBackUsers } from './take-back.ts';

/** Whose word it is, and why. */
export interface Word {
  readonly who: string;
  readonly why: string;
}

/** A person lets the release leave the step that waits for it; a running engine sees it at its next look. */
export async function promote(world: ReleaseWorld, step: StepId, word: Word): Promise<ReleaseRecord> {
  return await say(world, record => approve(record, step), { ...word, what: `approve ${step}` });
}

/** A person takes the release back and gives it up; a running engine stops at its next look. */
export async function abort(world: ReleaseWorld, word: Word): Promise<ReleaseRecord> {
  await takeBackUsers(world, word);
  return await say(world, rejectCandidate, { ...word, what: 'give up' });
}

async function say(
  { store }: ReleaseWorld,
  change: RecordChange,
  said: Word & { readonly what: string },
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
