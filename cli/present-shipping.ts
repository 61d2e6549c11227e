import { isBaking, isExposed, isLapsed, judgementLeftMs } from '../domain/record-laws.ts';
import { nextRepair } from '../domain/release.ts';
import type { PairLook } from '../local/control/control-api.ts';
import { presentDuration } from '../release/present/duration.ts';
import { presentUsers } from '../release/present/users.ts';

/** What is shipped, how far it is, who is at it, and what a person can do about it. */
export function presentShipping(
  { record, operator }: Pick<PairLook, 'record' | 'operator'>,
  nowMs: number,
): string[] {
  const { candidate, live, step } = record;
  const isLive = `Release ${live.release} is live on ${live.parity}`;
  const release = candidate ?? (isBaking(record) ? live.release : undefined);
  if (release === undefined) {
    if (operator === undefined) return [`${isLive}; nothing is being shipped.`];
    const { who, since } = operator;
    return [
      `${isLive}; nothing is being shipped.`,
      `${who} took the lock at ${clockTime(since)} and has not given it back: who ships next finds out whether he is there.`,
    ];
  }
  const by =
    operator === undefined
      ? 'nobody is at it'
      : `${operator.who} ships it since ${clockTime(operator.since)}`;
  if (step === undefined)
    return [
      `${isLive}; release ${release} was taken back, and everybody is on ${live.release}.`,
      `Look at it, then ship a repair (${nextRepair(release)}) or the same again, or ./parity abort; ${by}.`,
    ];
  return [`${isLive}; release ${release} is at ${step}: ${by}.`, ...standing({ record, operator }, nowMs)];
}

/** Where users are, and how long that lasts if nobody judges. */
function standing({ record, operator }: Pick<PairLook, 'record' | 'operator'>, nowMs: number): string[] {
  if (!isExposed(record) && !isBaking(record)) return ['No user has met it.'];
  const users = presentUsers(record);
  if (isLapsed(record, nowMs)) return [`${users}; nobody judged in time: keepers take them back.`];
  // In a bake keepers judge too, for as long as it takes.
  if (isBaking(record))
    return [`${users}, and keepers watch${operator === undefined ? ': ./parity resume settles it' : ''}.`];
  const left = presentDuration(Math.max(0, judgementLeftMs(record, nowMs) ?? 0));
  const end =
    operator === undefined ? 'unless somebody goes on: ./parity resume' : 'unless it is judged again';
  return [`${users}, and everybody goes back in ${left} ${end}.`];
}

function clockTime(iso: string): string {
  return iso.slice(11, 19);
}
