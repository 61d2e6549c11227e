import { isParityError } from '../domain/errors.ts';
import type { RecordChange } from '../domain/next-record.ts';
import { attend, extend } from '../domain/record-changes.ts';
import { isBaking, isLapsed, judgementLeftMs } from '../domain/record-laws.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepId } from '../domain/release-step.ts';
import { explain, reasonOf } from './gates/explain.ts';
import { judge, peerLinkGate } from './gates/judge.ts';
import type { Judgement } from './gates/verdict.ts';
import { done, failed, look, pause, waiting, write, type Shipment, type StepResult } from './shipment.ts';

/** What was seen at one look. */
export interface Look {
  readonly record: ReleaseRecord;
  readonly judgement: Judgement;
  /** Since this run of the step began to watch: a hold that was interrupted begins again. */
  readonly elapsedMs: number;
  /** Since then, or since gateways reach each other again: without them nothing of the candidate is proven. */
  readonly reachedMs: number;
}

/**
 * Judges every gate interval, and says so in the record, until `isOver` gives an end. *Worse* ends it always.
 * @throws ParityError `release_taken_back`; `record_unavailable` when the store is away past `judgedUntil`
 */
export async function watch(
  shipment: Shipment,
  step: StepId,
  isOver: (seen: Look) => Promise<StepResult | undefined> | StepResult | undefined,
): Promise<StepResult> {
  const { policy } = shipment;
  const { clock, metrics } = shipment.world;
  const began = clock.monotonic();
  let reachedSince: number | undefined = began;
  let known: ReleaseRecord | undefined;
  for (;;) {
    const found = await lookOrKeep(shipment, step, known);
    if (found !== undefined) {
      const record = await keepAttended(shipment, found);
      known = record;
      const judgement = await judge(record, { metrics, policy, nowMs: clock.now() });
      const now = clock.monotonic();
      reachedSince = isApart(judgement) ? undefined : (reachedSince ?? now);
      const [elapsedMs, reachedMs] = [now - began, now - (reachedSince ?? now)];
      const threshold = isBaking(record) ? 1000 : record.threshold;
      shipment.tell?.({ kind: 'look', step, threshold, elapsedMs, judgement });
      if (judgement.verdict === 'worse') return failed(judgement.why, explain(judgement));
      // First the word, then the work: starting a release may take longer than what is left of the judgement.
      if (judgement.verdict !== 'blind') known = await keepJudged(shipment, record);
      const end = await isOver({ record: known, judgement, elapsedMs, reachedMs });
      if (end !== undefined) return end;
    }
    await pause(shipment, policy.gateIntervalMs);
  }
}

/** A hold that something holds back may last so many times as long: mostly it is certain by then, or over. */
export const patience = 3;

/**
 * The end of a hold: enough time, and enough evidence or somebody's word for it. What is against the candidate is no
 * lack of evidence (docs/decisions/0065), so no policy goes on with it: it is held until it is certain, or a person says.
 */
export function holdEnd(
  { policy }: Shipment,
  hold: { readonly step: StepId; readonly forMs: number; readonly needsProof: boolean },
  { record, judgement, elapsedMs, reachedMs }: Look,
): StepResult | undefined {
  const seen = explain(judgement);
  const isLate = elapsedMs >= patience * hold.forMs;
  if (record.approved.includes(hold.step)) return done('a person approved it', seen);
  if (isApart(judgement) && isLate) return waiting(judgement.why, seen);
  if (reachedMs < hold.forMs) return undefined;
  if (!hold.needsProof || judgement.verdict === 'pass') return done(judgement.why, seen);
  if (policy.unproven === 'wait' || judgement.verdict === 'blind') return waiting(judgement.why, seen);
  const against = judgement.readings.find(reading => reading.holdsBack);
  if (against !== undefined) return isLate ? waiting(reasonOf(against), seen) : undefined;
  return done(`unproven: ${judgement.why}`, seen);
}

/** True while a gateway does not reach the candidate (failures.md 64): the hold begins again when it does. */
function isApart({ readings }: Judgement): boolean {
  return readings.some(({ gate }) => gate === peerLinkGate);
}

async function lookOrKeep(
  shipment: Shipment,
  step: StepId,
  known: ReleaseRecord | undefined,
): Promise<ReleaseRecord | undefined> {
  try {
    return await look(shipment, step);
  } catch (error) {
    const patient = known !== undefined && !isLapsed(known, shipment.world.clock.now());
    if (isParityError(error, 'record_unavailable') && patient) return undefined;
    throw error;
  }
}

/**
 * Ends the time that users were left unattended for: whoever has come back answers for them as usual, and if he dies
 * they are back in the usual time.
 */
async function keepAttended(shipment: Shipment, record: ReleaseRecord): Promise<ReleaseRecord> {
  const { judgedForMs } = shipment.policy;
  const nowMs = shipment.world.clock.now();
  const leftMs = judgementLeftMs(record, nowMs);
  if (leftMs === undefined || leftMs <= judgedForMs) return record;
  const change = (on: ReleaseRecord) => attend(on, { nowMs, judgedForMs });
  return await writeOrKeep(shipment, record, { change, why: `${shipment.who} is at it again` });
}

/**
 * Extends `judgedUntil` before a third of it is gone, and gives back the newest record known; whoever wrote in between
 * is met at the next look.
 */
async function keepJudged(shipment: Shipment, record: ReleaseRecord): Promise<ReleaseRecord> {
  const { policy, world } = shipment;
  const nowMs = world.clock.now();
  const leftMs = judgementLeftMs(record, nowMs);
  if (leftMs === undefined || leftMs >= (2 * policy.judgedForMs) / 3) return record;
  const change = (on: ReleaseRecord) => extend(on, { nowMs, judgedForMs: policy.judgedForMs });
  return await writeOrKeep(shipment, record, { change, why: 'no gate says worse' });
}

/** Whoever else writes at the same time is met at the next look, and so is a store that is away. */
async function writeOrKeep(
  shipment: Shipment,
  record: ReleaseRecord,
  { change, why }: { readonly change: RecordChange; readonly why: string },
): Promise<ReleaseRecord> {
  return await write(shipment, record, { change, what: 'judged', why }).catch((error: unknown) => {
    if (!isParityError(error, 'record_conflict') && !isParityError(error, 'record_unavailable')) throw error;
    return record;
  });
}
