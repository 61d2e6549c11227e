import { ParityError } from '../domain/errors.ts';
import { approve, rejectCandidate } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { isHold, type StepId } from '../domain/release-step.ts';
import { untilRendered } from './converge.ts';
import type { Policy } from './policy.ts';
import type { ReleaseWorld, Word } from './ports.ts';
import { rewrite } from './rewrite.ts';
import { takeBackRelease, takeBackUsers, type TakenBack } from './take-back.ts';
import { sayUnseen, unseenOperator, type UnseenOperator } from './unseen-operator.ts';

/** Whether a person's word lets a release leave this step; the others end by themselves. */
export function waitsForWord(step: StepId, { approval }: Pick<Policy, 'approval'>): boolean {
  return isHold(step) || approval.includes(step);
}

/**
 * A person lets the release leave the step that waits for it; a running engine sees it at its next look.
 * @throws ParityError `release_refused` for a step that waits for nobody
 */
export async function promote(
  world: ReleaseWorld,
  step: StepId,
  { policy, ...word }: Word & { readonly policy: Policy },
): Promise<ReleaseRecord> {
  if (!waitsForWord(step, policy))
    throw new ParityError(
      'release_refused',
      `Nobody's word is waited for at ${step}: it ends by itself, so there is nothing to promote.`,
    );
  return await rewrite(world, record => approve(record, step), { ...word, what: `approve ${step}` });
}

/**
 * A person takes the release back and gives it up; a running engine stops at its next look.
 * @throws ParityError `release_refused` when none is at a step; it says who may be in preflight
 */
export async function abort(world: ReleaseWorld, word: Word): Promise<ReleaseRecord> {
  await takeBackUsers(world, word);
  const record = await world.store.read();
  const unseen = record.candidate === undefined ? await unseenOperator(world, record) : undefined;
  if (unseen !== undefined)
    throw new ParityError('release_refused', `No release is at a step yet. ${sayUnseen(unseen)}`);
  return await rewrite(world, rejectCandidate, { ...word, what: 'give up' });
}

/** What became of a roll-back. */
export interface RolledBack extends TakenBack {
  readonly record: ReleaseRecord;
  /** Who has not rendered it yet; undefined when every gateway has been read back. */
  readonly behind: string | undefined;
  /** Who may be in preflight, where nothing could be taken back. */
  readonly unseen: UnseenOperator | undefined;
  /** From the word until every gateway had it. */
  readonly tookMs: number;
}

/**
 * A person takes every user back to the release before, or stops a release that nobody has met yet, and sees it through;
 * the candidate stays deployed.
 */
export async function rollBack(
  world: ReleaseWorld,
  { policy, ...word }: Word & { readonly policy: Policy },
): Promise<RolledBack> {
  const began = world.clock.monotonic();
  const takenBack = await takeBackRelease(world, word);
  const record = await world.store.read();
  const behind = await untilRendered(world, record, { withinMs: policy.convergeWithinMs });
  const unseen = takenBack.taken ? undefined : await unseenOperator(world, record);
  return { ...takenBack, record, behind, unseen, tookMs: world.clock.monotonic() - began };
}
