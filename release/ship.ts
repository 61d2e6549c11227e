import { isParityError } from '../domain/errors.ts';
import { extend } from '../domain/record-changes.ts';
import { isBaking, isExposed, isLapsed } from '../domain/record-laws.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepId } from '../domain/release-step.ts';
import type { Release } from '../domain/release.ts';
import { followDns } from './follow-dns.ts';
import { planRelease, refuseIfPast, type Plan, type PlannedStep } from './plan.ts';
import type { ReleaseWorld } from './ports.ts';
import { prepareBuild } from './prepare-build.ts';
import { runStep, type StepEnd } from './run-step.ts';
import { sayLeft, unlessStopped, write, type Order, type Shipment } from './shipment.ts';
import { newNonce } from './store/nonce.ts';
import { takeBackUsers } from './take-back.ts';
import { withOperatorLock } from './with-operator-lock.ts';

/** How shipping ended. `waiting` and `reached` leave things as they are; a later `ship` goes on from there. */
export interface ShipEnd {
  readonly outcome: 'settled' | 'reached' | 'rolled-back' | 'waiting' | 'failed';
  readonly step: StepId | undefined;
  readonly why: string;
  readonly seen: readonly string[];
}

/**
 * Ships a release, or goes on where an earlier run stopped or died: one step at a time, each entered in the record
 * before it runs and told in the journal after it.
 * @throws ParityError `already_shipping`, `lease_lost`, `release_refused`, and what the store throws
 */
export async function ship(world: ReleaseWorld, order: Order): Promise<ShipEnd> {
  const by = { who: order.who, leaseMs: order.policy.leaseMs };
  return await withOperatorLock(world, by, lock => shipLocked({ ...order, world, lock }));
}

async function shipLocked(shipment: Shipment): Promise<ShipEnd> {
  const { world, release, policy, until } = shipment;
  const record = await world.store.read();
  if (isLapsed(record, world.clock.now())) return await goBack(shipment, undefined, lapsed);
  if (record.step !== 'flip') await followDns(world);
  if (record.live.release === release && !isBaking(record)) return settled(release);
  const plan = planRelease(record, release, policy);
  refuseIfPast(plan, until);
  // Who leaves meanwhile leaves before the first step.
  const build = await prepareBuild(shipment).catch(unlessStopped);
  return await shipSteps({ ...shipment, build }, plan);
}

async function shipSteps(shipment: Shipment, { steps }: Plan): Promise<ShipEnd> {
  const { release, until } = shipment;
  for (const [at, step] of steps.entries()) {
    if (shipment.signal?.aborted === true)
      return await stopHere(shipment, (steps[at - 1] ?? step).id, left(shipment));
    const end = await runAndTell(shipment, step);
    if (end.outcome === 'taken-back' || end.outcome === 'failed' || end.outcome === 'errored')
      return await goBack(shipment, step.id, end);
    if (end.outcome === 'waiting') return await stopHere(shipment, step.id, { ...end, outcome: 'waiting' });
    const reached = step.name === until && steps[at + 1]?.name !== until;
    if (reached) return await stopHere(shipment, step.id, { ...end, outcome: 'reached' });
    if (step.needsApproval && !(await isApproved(shipment, step.id)))
      return await stopHere(shipment, step.id, {
        ...end,
        outcome: 'waiting',
        why: `a person must approve ${step.id}`,
      });
  }
  return settled(release);
}

function settled(release: Release): ShipEnd {
  return { outcome: 'settled', step: undefined, why: `${release} is live and settled`, seen: [] };
}

function left({ who }: Shipment): Pick<ShipEnd, 'outcome' | 'why' | 'seen'> {
  return { outcome: 'waiting', why: sayLeft(who), seen: [] };
}

const lapsed: StepEnd = { outcome: 'failed', why: 'nobody judged in time', seen: [] };

async function runAndTell(shipment: Shipment, step: PlannedStep): Promise<StepEnd> {
  const { world, release, who, tell } = shipment;
  const began = world.clock.monotonic();
  tell?.({ kind: 'step', step: step.id });
  const end = await runStep(shipment, step);
  tell?.({ kind: 'end', step: step.id, outcome: end.outcome, why: end.why });
  await world.journal.append(release, [
    {
      kind: 'step',
      nonce: newNonce(world.random),
      step: step.id,
      at: new Date(world.clock.now()).toISOString(),
      tookMs: Math.round(world.clock.monotonic() - began),
      who,
      outcome: end.outcome,
      why: end.why,
      seen: [...end.seen],
    },
  ]);
  return end;
}

/** Whatever went wrong, and whoever has begun to take it back: nobody is left on it, and DNS follows if it can. */
async function goBack(
  shipment: Shipment,
  step: StepId | undefined,
  { why, seen, outcome }: StepEnd,
): Promise<ShipEnd> {
  const { taken, dnsBehind } = await takeBackUsers(shipment.world, { who: shipment.who, why });
  const rolledBack = taken || outcome === 'taken-back' || (await isTakenBackBefore(shipment, step));
  const behind = dnsBehind === undefined ? [] : [`DNS does not follow yet: ${dnsBehind}`];
  return { outcome: rolledBack ? 'rolled-back' : 'failed', step, why, seen: [...seen, ...behind] };
}

/** A keeper that said *worse* at the same look was faster: then the record is at no step any more. */
async function isTakenBackBefore({ world }: Shipment, step: StepId | undefined): Promise<boolean> {
  if (step === undefined || step === 'preflight' || step === 'turn') return false;
  return (await world.store.read()).step === undefined;
}

/** Leaves users where they are for as long as the policy lets them be there without an engine; keepers still watch. */
async function stopHere(
  shipment: Shipment,
  step: StepId,
  end: Pick<ShipEnd, 'outcome' | 'why' | 'seen'>,
): Promise<ShipEnd> {
  const { world, policy } = shipment;
  const change = (on: ReleaseRecord) =>
    extend(on, { nowMs: world.clock.now(), judgedForMs: policy.unattendedMs });
  for (;;) {
    const record = await world.store.read();
    if (!isExposed(record) && !isBaking(record)) break;
    try {
      await write(shipment, record, { change, what: 'leave unattended', why: end.why });
      break;
    } catch (error) {
      if (isParityError(error, 'release_refused')) return await goBack(shipment, step, lapsed);
      if (!isParityError(error, 'record_conflict')) throw error;
    }
  }
  return { ...end, step };
}

async function isApproved({ world }: Shipment, step: StepId): Promise<boolean> {
  return (await world.store.read()).approved.includes(step);
}
