import { z } from 'zod';
import { ParityError } from '../domain/errors.ts';
import { isStepId } from '../domain/release-step.ts';
import { measures } from './ports.ts';

const ms = z.int().positive();
/** A part of the whole, 0–1. */
const share = z.number().min(0).max(1);
const cohort = z.string().regex(/^[a-z][a-z0-9-]*$/);

const gate = z.strictObject({
  name: z.string().min(1),
  measure: z.enum(measures),
  /** Only these routes; all if absent. */
  routeClass: z.string().min(1).optional(),
  /** The absolute objective: a mean share per user above it is never a pass. */
  limit: share,
});

const stage = z.strictObject({
  percent: z.number().gt(0).max(100).multipleOf(0.1),
  holdMs: ms,
  /** How much worse than the live release a pass must rule out, as a share per user: 0.02 is two points. */
  margin: share.gt(0),
});

const policyShape = z.strictObject({
  name: z.string().min(1),
  /** Cohorts that meet the candidate first. */
  beta: z.strictObject({ cohorts: z.array(cohort).min(1), minimumMs: ms }),
  shift: z.array(stage).min(1),
  flip: z.strictObject({
    /** How much of DNS points to the new side, step by step. */
    percents: z.array(z.number().gt(0).max(100)).min(1),
    holdMs: ms,
  }),
  bake: z.strictObject({ holdMs: ms, margin: share.gt(0) }),
  /** Steps that only a person may let the release leave. */
  approval: z.array(z.string().refine(isStepId, 'a step of a release')),
  /** When a hold ends and the evidence is still short: wait for a person, or go on and say so. */
  unproven: z.enum(['wait', 'proceed-unproven']),
  gates: z.array(gate).min(1),
  /** Processes of the candidate that may end by themselves while it is judged. */
  restartLimit: z.int().nonnegative(),
  /** Distinct users that each side must have before anything passes. */
  minimumUsers: z.int().positive(),
  /** How often it is judged. */
  gateIntervalMs: ms,
  /** How long what users see stays as it is when nobody judges any more. */
  judgedForMs: ms,
  /** The same while a person is waited for: keepers alone watch for *worse*. */
  unattendedMs: ms,
  /** How much before the first user is what the live release was like. */
  baselineMs: ms,
  startWithinMs: ms,
  convergeWithinMs: ms,
  /** After so long without a sign of life an operator has lost the lock. */
  leaseMs: ms,
  /** What is usual, for the plan. */
  usual: z.strictObject({ checksMs: ms, startMs: ms, convergeMs: ms }),
});

/** How a fleet's releases are shipped: the one reviewed file. */
export type Policy = z.infer<typeof policyShape>;
export type Gate = Policy['gates'][number];

const rules: readonly { readonly says: string; readonly holds: (policy: Policy) => boolean }[] = [
  {
    says: 'shift: each stage raises the threshold, and the last one is 100 %',
    holds: ({ shift }) => isRising(shift.map(({ percent }) => percent)),
  },
  {
    says: 'flip: each step raises the weight, and the last one is 100 %',
    holds: ({ flip }) => isRising(flip.percents),
  },
  {
    says: 'judgedForMs: at least three gate intervals, or a slow look ends a release',
    holds: policy => policy.judgedForMs >= 3 * policy.gateIntervalMs,
  },
  {
    says: 'judgedForMs: longer than convergeWithinMs, or a slow gateway ends a release before anybody judged',
    holds: policy => policy.judgedForMs > policy.convergeWithinMs,
  },
  {
    says: 'leaseMs: at least three gate intervals, or a living operator loses the lock',
    holds: policy => policy.leaseMs >= 3 * policy.gateIntervalMs,
  },
  {
    says: 'gates: each has a name of its own',
    holds: ({ gates }) => new Set(gates.map(({ name }) => name)).size === gates.length,
  },
];

/** @throws ParityError `invalid_configuration` naming every fault */
export function parsePolicy(value: unknown): Policy {
  const checked = policyShape.superRefine((policy, context) => {
    for (const { says, holds } of rules)
      if (!holds(policy)) context.addIssue({ code: 'custom', message: says });
  });
  const parsed = checked.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = `The release policy is not valid:\n${z.prettifyError(parsed.error)}`;
  throw new ParityError('invalid_configuration', message);
}

function isRising(percents: readonly number[]): boolean {
  return percents.at(-1) === 100 && percents.every((percent, at) => percent > (percents[at - 1] ?? 0));
}
