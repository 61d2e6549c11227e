import { isParityError } from '../domain/errors.ts';
import { begin, enterStep } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepName } from '../domain/release-step.ts';
import { isShipping, type PlannedStep } from './plan.ts';
import {
  failed,
  look,
  pause,
  unlessLeft,
  waiting,
  write,
  type Shipment,
  type StepResult,
} from './shipment.ts';
import { bake } from './steps/bake.ts';
import { beta } from './steps/beta.ts';
import { cover } from './steps/cover.ts';
import { deploy } from './steps/deploy.ts';
import { flip } from './steps/flip.ts';
import { preflight } from './steps/preflight.ts';
import { settle } from './steps/settle.ts';
import { shift } from './steps/shift.ts';
import { turn } from './steps/turn.ts';
import { verify } from './steps/verify.ts';

/** How a step ended: of itself, because somebody else ended it, or because something technical broke for good. */
export type StepEnd =
  | StepResult
  | { readonly outcome: 'taken-back' | 'errored'; readonly why: string; readonly seen: readonly string[] };

const attempts = 5;
const firstWaitMs = 500;

const steps = { preflight, turn, deploy, verify, beta, cover, flip, bake, settle } satisfies Record<
  Exclude<StepName, 'shift'>,
  unknown
>;

/**
 * Enters a step in the record, then runs it; what breaks for a technical reason is tried again.
 * @throws ParityError `lease_lost`: somebody else ships by now, so nothing more may be written
 */
export async function runStep(shipment: Shipment, step: PlannedStep): Promise<StepEnd> {
  for (let [failures, entered] = [0, false]; ;) {
    try {
      await enter(shipment, step, entered);
      entered = true;
      return await (step.name === 'shift' ? shift(shipment, step) : steps[step.name](shipment, step));
    } catch (error) {
      if (isParityError(error, 'record_conflict')) continue;
      const end = endOf(error);
      if (end !== undefined) return end;
      failures += 1;
      if (failures >= attempts) return { outcome: 'errored', why: (error as Error).message, seen: [] };
    }
    const left = await pause(shipment, firstWaitMs * 2 ** (failures - 1)).catch(endOf);
    if (left !== undefined) return left;
  }
}

/** Steps before `deploy` leave no trace in the record, so that they are simply done again. */
async function enter(shipment: Shipment, { id, name }: PlannedStep, entered: boolean): Promise<void> {
  if (name === 'preflight' || name === 'turn') return;
  const { world, lock, release, why, build } = shipment;
  unlessLeft(shipment);
  // Who has lost the lock must not begin what another one ships by now.
  await lock.renew();
  const record = await world.store.read();
  if (record.step === id && isShipping(record, release)) return;
  const isBegun = entered || name !== 'deploy';
  if (isBegun && record.step === undefined) await look(shipment, id);
  const change = (on: ReleaseRecord) => enterStep(isShipping(on, release) ? on : begin(on, release), id);
  const of = name === 'deploy' && build !== undefined ? ` (${build})` : '';
  await write(shipment, record, { change, what: `enter ${id}`, why: why + of });
}

/** What an error means; undefined for one that may pass. Whatever is no ParityError is a bug, or our own death. */
function endOf(error: unknown): StepEnd | undefined {
  if (!isParityError(error) || error.code === 'lease_lost') throw error;
  if (error.code === 'release_taken_back') return { outcome: 'taken-back', why: error.message, seen: [] };
  if (error.code === 'release_stopped') return waiting(error.message);
  if (error.code === 'release_refused') return failed(error.message);
  return undefined;
}
