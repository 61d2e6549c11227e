import { isParityError } from '../../domain/errors.ts';
import { extend, takeBack } from '../../domain/record-changes.ts';
import { isBaking, isExposed, judgementLeftMs } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { judge } from '../gates/judge.ts';
import type { Judgement } from '../gates/verdict.ts';
import { shippedIn } from '../take-back.ts';
import type { KeeperWorld } from './keeper-world.ts';

/**
 * A keeper's one power: to take the candidate away when the gates say *worse*, or when nobody has judged in time. In a
 * bake its own verdict counts as judging. Everything else is the engine's. Gives back what it saw.
 */
export async function useItsPower(
  world: KeeperWorld,
  record: ReleaseRecord,
  lapsed: boolean,
): Promise<Judgement | undefined> {
  const { metrics, policy, clock } = world;
  if (!isExposed(record) && !isBaking(record)) return undefined;
  if (lapsed) {
    await write(world, record, { change: takeBack, what: 'take back', why: 'nobody judged in time' });
    return undefined;
  }
  const nowMs = clock.now();
  const judgement = await judge(record, { metrics, policy, nowMs });
  const isEnding = (judgementLeftMs(record, nowMs) ?? Infinity) <= policy.judgedForMs / 3;
  const countsAsJudging = judgement.verdict !== 'blind' && isBaking(record) && isEnding;
  if (judgement.verdict === 'worse') {
    await write(world, record, { change: takeBack, what: 'take back', why: judgement.why });
  } else if (countsAsJudging) {
    const change = (on: ReleaseRecord) => extend(on, { nowMs, judgedForMs: policy.judgedForMs });
    await write(world, record, { change, what: 'judged', why: 'no gate says worse' });
  }
  return judgement;
}

/** Somebody else may be faster, or the store away: the next round looks again. */
async function write(
  { store, who }: KeeperWorld,
  record: ReleaseRecord,
  { change, ...said }: { change: (record: ReleaseRecord) => ReleaseRecord; what: string; why: string },
): Promise<void> {
  try {
    await store.write(record, change, { who, about: shippedIn(record), ...said });
  } catch (error) {
    const passing = ['record_conflict', 'record_unavailable', 'release_refused'] as const;
    if (!passing.some(code => isParityError(error, code))) throw error;
  }
}
