import { parseRelease, type Release } from '../../domain/release.ts';
import type { StepId } from '../../domain/release-step.ts';
import { planRelease } from '../plan.ts';
import { runStep, type StepEnd } from '../run-step.ts';
import type { Shipment } from '../shipment.ts';
import { takeOperatorLock } from '../store/operator-lock.ts';
import { finish } from './finish.ts';
import { watchInvariants } from './invariants.ts';
import { testPolicy, testWorld, type TestWorld } from './test-world.ts';

/** A world in which a release is about to do a step. */
export interface AtStep {
  readonly world: TestWorld;
  /** Does the step. */
  run(): Promise<StepEnd>;
}

/** Ships `release` up to `step`, which has not been entered yet. */
export async function atStep(step: StepId, release: Release = parseRelease('42')): Promise<AtStep> {
  const world = await testWorld();
  const look = watchInvariants(world);
  const order = { release, policy: testPolicy, who: 'anna', why: `sprint ${release}` };
  const lock = await finish(
    world,
    takeOperatorLock(world, { who: 'anna', leaseMs: testPolicy.leaseMs }),
    look,
  );
  const shipment: Shipment = { ...order, world, lock };
  const { steps } = planRelease(world.record(), release, testPolicy);
  const at = steps.findIndex(({ id }) => id === step);
  const planned = steps[at];
  if (planned === undefined) throw new TypeError(`${release} has no step ${step}`);
  for (const before of steps.slice(0, at)) await finish(world, runStep(shipment, before), look);
  return { world, run: () => finish(world, runStep(shipment, planned), look) };
}
