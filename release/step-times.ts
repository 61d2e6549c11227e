import type { StepName } from '../domain/release-step.ts';
import type { Policy } from './policy.ts';
import type { StepSpec } from './step-spec.ts';

/** How long a step takes, and how long until every user is back on the release before if it has to be. */
export interface StepTimes {
  readonly expectedMs: number;
  readonly worstMs: number;
  /** By a person's word or a verdict; undefined where there is no way back but the next release. */
  readonly recoveryMs: number | undefined;
  /** When the engine is dead and nobody judges: until keepers end it. */
  readonly worstRecoveryMs: number | undefined;
  readonly recovery: string;
}

type Times = Pick<StepTimes, 'expectedMs' | 'worstMs'>;

const durations = {
  preflight: ({ usual }) => ({ expectedMs: usual.checksMs, worstMs: 3 * usual.checksMs }),
  turn: policy => dnsTimes(policy),
  deploy: ({ usual, startWithinMs }) => ({ expectedMs: usual.startMs, worstMs: startWithinMs }),
  verify: ({ usual, convergeWithinMs }) => ({
    expectedMs: usual.convergeMs + usual.checksMs,
    worstMs: convergeWithinMs + 3 * usual.checksMs,
  }),
  beta: policy => holdTimes(policy, policy.beta.minimumMs),
  cover: ({ usual, startWithinMs }) => ({ expectedMs: usual.startMs, worstMs: startWithinMs }),
  flip: policy => dnsTimes(policy),
  bake: policy => holdTimes(policy, policy.bake.holdMs),
  settle: ({ usual, convergeWithinMs }) => ({ expectedMs: usual.convergeMs, worstMs: convergeWithinMs }),
} satisfies Record<Exclude<StepName, 'shift'>, (policy: Policy) => Times>;

/** What the policy makes of a step's times. A step that waits for a person takes as long as the person. */
export function stepTimes(spec: StepSpec, policy: Policy): StepTimes {
  const times = spec.name === 'shift' ? holdTimes(policy, spec.holdMs) : durations[spec.name](policy);
  return { ...times, ...recoveryTimes(spec.name, policy) };
}

function holdTimes({ usual, convergeWithinMs, gateIntervalMs }: Policy, holdMs: number): Times {
  return {
    expectedMs: usual.convergeMs + holdMs,
    worstMs: convergeWithinMs + holdMs + gateIntervalMs,
  };
}

function dnsTimes({ usual, flip, convergeWithinMs }: Policy): Times {
  const holdsMs = flip.percents.length * flip.holdMs;
  return { expectedMs: usual.convergeMs + holdsMs, worstMs: convergeWithinMs + holdsMs };
}

type Recovery = Pick<StepTimes, 'recoveryMs' | 'worstRecoveryMs' | 'recovery'>;

const recoveries = {
  preflight: 'untouched',
  turn: 'untouched',
  deploy: 'untouched',
  verify: 'threshold',
  beta: 'threshold',
  shift: 'threshold',
  cover: 'threshold',
  flip: 'roles',
  bake: 'roles',
  settle: 'none',
} as const satisfies Record<StepName, string>;

function recoveryTimes(name: StepName, policy: Policy): Recovery {
  const { usual, judgedForMs, gateIntervalMs } = policy;
  const quick = { recoveryMs: usual.convergeMs, worstRecoveryMs: judgedForMs + gateIntervalMs };
  switch (recoveries[name]) {
    case 'untouched':
      return { recoveryMs: 0, worstRecoveryMs: 0, recovery: 'nothing to take back: no user has met it' };
    case 'threshold':
      return { ...quick, recovery: 'threshold 0 and no cohort, one change of the record' };
    case 'roles':
      return {
        ...quick,
        recovery:
          'the release before is live again, one change of the record; DNS follows, after keepers with the next command',
      };
    case 'none':
      return {
        recoveryMs: undefined,
        worstRecoveryMs: undefined,
        recovery: 'the release before leaves, and from here on only the next release helps',
      };
  }
}
