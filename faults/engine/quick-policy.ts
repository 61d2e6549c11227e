import { laptopPolicy } from '../../release/policies.ts';
import { parsePolicy } from '../../release/policy.ts';

/** The laptop's steps in seconds instead of a quarter of a minute; a busy machine is given time to converge. */
export const quickPolicy = parsePolicy({
  ...laptopPolicy,
  name: 'quick',
  beta: { ...laptopPolicy.beta, minimumMs: 1_000 },
  shift: laptopPolicy.shift.map(stage => ({ ...stage, holdMs: 2_000 })),
  flip: { percents: [50, 100], holdMs: 1_000 },
  bake: { ...laptopPolicy.bake, holdMs: 3_000 },
  // What is asked here is whether it arrives, not how quick this machine is.
  gates: laptopPolicy.gates.filter(({ measure }) => measure !== 'slow'),
  judgedForMs: 60_000,
  convergeWithinMs: 30_000,
  startWithinMs: 120_000,
  leaseMs: 30_000,
});
