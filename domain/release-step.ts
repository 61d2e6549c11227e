/** The steps of a release in their order; `turn` only where parity and role do not fit (design.md §6). */
export const stepNames = [
  'preflight',
  'turn',
  'deploy',
  'verify',
  'beta',
  'shift',
  'cover',
  'flip',
  'bake',
  'settle',
] as const;
export type StepName = (typeof stepNames)[number];

/** One step of one release as record, journal and people name it: its name, and for a shift how far: `shift 10%`. */
export type StepId = Exclude<StepName, 'shift'> | `shift ${number}%`;

const shiftPattern = /^shift (?:[1-9]\d?|100|\d{1,2}\.\d)%$/;

/** True when `text` names a step. */
export function isStepId(text: string): text is StepId {
  return shiftPattern.test(text) || (text !== 'shift' && (stepNames as readonly string[]).includes(text));
}

/** The step that raises the threshold (0–1000) to `threshold`: 100 → `shift 10%`. */
export function shiftStepId(threshold: number): StepId {
  return `shift ${threshold / 10}%`;
}

/** A step's name without how far: `shift 10%` → `shift`. */
export function stepNameOf(step: StepId): StepName {
  return step.split(' ', 1)[0] as StepName;
}

/** True for a step that lasts until there is evidence enough, or a person's word; the others end by themselves. */
export function isHold(step: StepId): boolean {
  const name = stepNameOf(step);
  return name === 'beta' || name === 'shift' || name === 'bake';
}
