import type { Sample } from './sample.ts';

/** What a gate says. `not-enough-evidence` never counts as a pass. */
export type Verdict = 'pass' | 'worse' | 'not-enough-evidence';

/** The figures that one gate compares. */
export interface Sides {
  readonly candidate: Sample;
  /** The live release in the same minutes, or where one side is starved in the last minutes in which it was not. */
  readonly live: Sample;
  /** The live release before the first user met the candidate. */
  readonly baseline: Sample;
  /** True when `live` is from the same minutes. */
  readonly together: boolean;
}

/** One gate's verdict, with what it is based on. */
export interface GateReading {
  readonly gate: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly sides: Sides;
  /**
   * True where nobody goes on unproven: the evidence is not short but against the candidate (whoever looked once would
   * call it worse, and only the care that looking again and again takes keeps the gate from saying so), or those who
   * should prove it cannot reach it.
   */
  readonly holdsBack?: boolean;
}

/** All gates together; `blind` when the figures could not be had. */
export type Judgement =
  | { readonly verdict: Verdict; readonly readings: readonly GateReading[]; readonly why: string }
  | { readonly verdict: 'blind'; readonly readings: readonly []; readonly why: string };
