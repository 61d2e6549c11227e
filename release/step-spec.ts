import type { StepId, StepName } from '../domain/release-step.ts';

/** What a step is told. */
export type StepSpec =
  | { readonly name: 'shift'; readonly id: StepId; readonly threshold: number; readonly holdMs: number }
  | { readonly name: Exclude<StepName, 'shift'>; readonly id: StepId };
