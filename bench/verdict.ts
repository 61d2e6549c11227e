/** What a figure is held against: what must hold, and what we want. */
export interface Target {
  readonly what: string;
  readonly unit: string;
  readonly kind: 'required' | 'goal';
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
}

/** A target with what was measured; `missed` includes a figure that could not be had. */
export interface Verdict extends Target {
  readonly measured: number | undefined;
  readonly outcome: 'met' | 'missed';
}

/** Holds a figure against its target. */
export function judge(target: Target, measured: number | undefined): Verdict {
  return { ...target, measured, outcome: isWithin(target.bound, measured) ? 'met' : 'missed' };
}

function isWithin(bound: Target['bound'], measured: number | undefined): boolean {
  // NaN is within nothing, either way.
  if (measured === undefined) return false;
  return 'atLeast' in bound ? measured >= bound.atLeast : measured <= bound.atMost;
}

/** True when nothing that is required was missed; goals may be. */
export function allRequiredMet(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ kind, outcome }) => kind === 'goal' || outcome === 'met');
}

/** One line: `MISSED  goal      push p50: 130 ms (at most 100 ms)`. */
export function presentVerdict({ what, unit, kind, bound, measured, outcome }: Verdict): string {
  const limit = 'atLeast' in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`;
  const seen = measured === undefined ? 'not measured' : `${Number(measured.toPrecision(3))}${unit}`;
  return `${outcome === 'met' ? 'met   ' : 'MISSED'}  ${kind.padEnd(8)}  ${what}: ${seen} (${limit}${unit})`;
}
