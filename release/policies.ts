import { parsePolicy, type Gate, type Policy } from './policy.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The same objectives everywhere but for slowness, which is a machine's too; a share per user. */
const gates = ({ slowLimit }: { slowLimit: number }): Gate[] => [
  { name: 'errors', measure: 'errors', limit: 0.01 },
  { name: 'slow uploads', measure: 'slow', routeClass: 'upload', limit: slowLimit },
  { name: 'slow reads', measure: 'slow', routeClass: 'read', limit: slowLimit },
  { name: 'documents stuck or parked', measure: 'stuck', limit: 0.02 },
  { name: 'pushes failed', measure: 'pushes-failed', limit: 0.02 },
];

/**
 * For a fleet of some ten thousand users. A stage's margin is what so many users can rule out within its hold
 * (`npm run test:release` prints how many that takes): the first stages stop disasters, from 25 % on it is two points.
 */
export const productionPolicy: Policy = parsePolicy({
  name: 'production',
  beta: { cohorts: ['beta'], minimumMs: 24 * hour },
  shift: [
    { percent: 1, holdMs: 15 * minute, margin: 0.2 },
    { percent: 5, holdMs: 30 * minute, margin: 0.08 },
    { percent: 25, holdMs: 2 * hour, margin: 0.02 },
    { percent: 50, holdMs: 2 * hour, margin: 0.02 },
    { percent: 100, holdMs: hour, margin: 0.02 },
  ],
  flip: { percents: [10, 50, 100], holdMs: 5 * minute },
  bake: { holdMs: 24 * hour, margin: 0.02 },
  approval: ['beta', 'cover'],
  unproven: 'wait',
  gates: gates({ slowLimit: 0.05 }),
  restartLimit: 2,
  minimumUsers: 100,
  gateIntervalMs: 30 * second,
  judgedForMs: 5 * minute,
  unattendedMs: 12 * hour,
  baselineMs: hour,
  startWithinMs: 10 * minute,
  convergeWithinMs: 30 * second,
  leaseMs: 2 * minute,
  usual: { checksMs: 2 * minute, startMs: 3 * minute, convergeMs: second },
});

/**
 * For a laptop and its few drivers: deploy to settled in under three minutes. So few users prove little, so it goes on
 * unproven and says so; what is clearly worse still stops it.
 */
export const laptopPolicy: Policy = parsePolicy({
  name: 'laptop',
  beta: { cohorts: ['beta'], minimumMs: 5 * second },
  shift: [
    { percent: 10, holdMs: 15 * second, margin: 0.2 },
    { percent: 50, holdMs: 15 * second, margin: 0.2 },
    { percent: 100, holdMs: 10 * second, margin: 0.2 },
  ],
  flip: { percents: [50, 100], holdMs: 3 * second },
  bake: { holdMs: 15 * second, margin: 0.2 },
  approval: [],
  unproven: 'proceed-unproven',
  // Two cores carry both clusters, the load, and whatever else its owner does: slower than live is what counts.
  gates: gates({ slowLimit: 0.5 }),
  restartLimit: 0,
  minimumUsers: 10,
  gateIntervalMs: second,
  judgedForMs: 15 * second,
  unattendedMs: 10 * minute,
  baselineMs: minute,
  startWithinMs: 30 * second,
  convergeWithinMs: 10 * second,
  leaseMs: 10 * second,
  usual: { checksMs: 3 * second, startMs: 5 * second, convergeMs: second },
});
