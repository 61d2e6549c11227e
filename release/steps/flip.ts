import { heaviestWeight, weightsTowards } from '../../domain/dns-weights.ts';
import { flip as flipRoles } from '../../domain/record-changes.ts';
import { isBaking } from '../../domain/record-laws.ts';
import type { StepSpec } from '../step-spec.ts';
import { done, look, type RunStep } from '../shipment.ts';
import { watch } from '../watch.ts';
import { expose } from './expose.ts';

/** Roles change over in the record, then DNS follows in steps, each judged. Both clusters run both releases by now. */
export const flip: RunStep<StepSpec> = async (shipment, { id }) => {
  const { world, policy } = shipment;
  const behind = await expose(shipment, await look(shipment, id), {
    what: 'flip',
    isThere: isBaking,
    change: flipRoles,
  });
  if (behind !== undefined) return behind;
  const { live } = await look(shipment, id);
  for (const percent of policy.flip.percents) {
    const weights = weightsTowards(live.parity, percent);
    const { [live.parity]: now } = await world.dns.weights();
    if (now === heaviestWeight || now > weights[live.parity]) continue;
    await look(shipment, id);
    await world.dns.setWeights(weights);
    const step = await watch(shipment, id, ({ elapsedMs }) =>
      elapsedMs < policy.flip.holdMs ? undefined : done(`${percent} % of DNS`),
    );
    if (step.outcome !== 'done') return step;
  }
  return done(`${live.parity} is live with ${live.release}`);
};
