import { approve, rejectCandidate } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepId } from '../domain/release-step.ts';
import { untilRendered } from './converge.ts';
import type { Policy } from './policy.ts';
import type { ReleaseWorld } from './ports.ts';
import { rewrite } from './rewrite.ts';
import { takeBackUsers, type TakenBack } from './take-back.ts';

/** Whose word it is, and why. */
export interface Word {
  readonly who: string;
  readonly why: string;
}

/** A person lets the release leave the step that waits for it; a running engine sees it at its next look. */
export async function promote(world: ReleaseWorld, step: StepId, word: Word): Promise<ReleaseRecord> {
  return await rewrite(world, record => approve(record, step), { ...word, what: `approve ${step}` });
}

/** A person takes the release back and gives it up; a running engine stops at its next look. */
export async function abort(world: ReleaseWorld, word: Word): Promise<ReleaseRecord> {
  await takeBackUsers(world, word);
  return await rewrite(world, rejectCandidate, { ...word, what: 'give up' });
}

/** What became of a roll-back. */
export interface RolledBack extends TakenBack {
  readonly record: ReleaseRecord;
  /** Who has not rendered it yet; undefined when every gateway has been read back. */
  readonly behind: string | undefined;
  /** From the word until every gateway had it. */
  readonly tookMs: number;
}

/** A person takes every user back to the release before and sees it through; the candidate stays deployed. */
export async function rollBack(
  world: ReleaseWorld,
  { policy, ...word }: Word & { readonly policy: Policy },
): Promise<RolledBack> {
  const began = world.clock.monotonic();
  const takenBack = await takeBackUsers(world, word);
  const record = await world.store.read();
  const behind = await untilRendered(world, record, { withinMs: policy.convergeWithinMs });
  return { ...takenBack, record, behind, tookMs: world.clock.monotonic() - began };
}
