import { ParityError } from '../domain/errors.ts';
import { peerOf } from '../domain/parity.ts';
import { enterStep, shift } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { shiftStepId, stepNameOf, type StepName } from '../domain/release-step.ts';
import type { Release } from '../domain/release.ts';
import { converge } from './converge.ts';
import type { Policy } from './policy.ts';
import type { ReleaseWorld, Word } from './ports.ts';
import { rewrite } from './rewrite.ts';
import {
  done,
  pause,
  unlessLeft,
  unlessStopped,
  waiting,
  type Shipment,
  type StepResult,
} from './shipment.ts';
import { startOn } from './steps/start-on.ts';
import { sayTakenBack } from './take-back.ts';
import { withOperatorLock } from './with-operator-lock.ts';

/** What a person wants: users whose turned bucket is below `threshold` (1–1000) are on the candidate. */
export interface HandShift extends Word {
  readonly threshold: number;
  readonly policy: Policy;
  readonly signal?: AbortSignal;
}

/** Steps after which a person may set the threshold: the candidate is deployed and verified. */
const shiftable: readonly StepName[] = ['beta', 'shift', 'cover'];
const pollEveryMs = 500;

/**
 * A person moves the threshold, up or down, while no engine ships: room first, then users. They stay there for the
 * policy's unattended time, in which keepers watch for *worse*; `ship` goes on from there.
 * @throws ParityError `already_shipping`, `release_refused`, `service_failed` when there is no room for so many
 */
export async function shiftByHand(world: ReleaseWorld, order: HandShift): Promise<StepResult> {
  const { who, policy } = order;
  return await withOperatorLock(world, { who, leaseMs: policy.leaseMs }, async lock => {
    const release = shiftedIn(await world.store.read());
    return await shiftLocked({ ...order, release, world, lock }, order.threshold);
  });
}

async function shiftLocked(shipment: Shipment, threshold: number): Promise<StepResult> {
  const { world, policy, who, why, signal } = shipment;
  await makeRoom(shipment, threshold / 1000).catch(unlessStopped);
  if (signal?.aborted === true) return waiting(`${who} left; nobody was moved`);
  const what = `shift by hand to ${threshold / 10} %`;
  const shifted = await rewrite(
    world,
    record => {
      shiftedIn(record);
      const judged = { nowMs: world.clock.now(), judgedForMs: policy.unattendedMs };
      return enterStep(shift(record, { threshold, ...judged }), shiftStepId(threshold));
    },
    { who, why, what },
  );
  const behind = await converge(shipment, shifted).catch(
    error => unlessStopped(error) ?? `${who} left before both gateways were seen to have it`,
  );
  if (behind !== undefined) return waiting(`The record says so, but ${behind}`);
  return done(`${threshold / 10} % of the users are on ${shipment.release}`);
}

async function makeRoom(shipment: Shipment, share: number): Promise<void> {
  const { clock, store } = shipment.world;
  const began = clock.monotonic();
  for (;;) {
    unlessLeft(shipment);
    const record = await store.read();
    const parity = peerOf(record.live.parity);
    const end = await startOn(shipment, record, { parity, share, waitedMs: clock.monotonic() - began });
    if (end?.outcome === 'done') return;
    if (end !== undefined) throw new ParityError('service_failed', `No room for so many users: ${end.why}.`);
    await pause(shipment, pollEveryMs);
  }
}

/** The candidate that a person may shift users to. */
function shiftedIn(record: ReleaseRecord): Release {
  const { candidate, step } = record;
  if (candidate === undefined) throw new ParityError('release_refused', 'No release is being shipped.');
  if (step !== undefined && shiftable.includes(stepNameOf(step))) return candidate;
  const where = step === undefined ? sayTakenBack(record, candidate) : `Release ${candidate} is at ${step}`;
  throw new ParityError('release_refused', `${where}: ship it until beta first, then shift users to it.`);
}
