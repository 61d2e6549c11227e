import type { Machine } from '../local/engines/engine.ts';
import type { Closing } from '../local/pair/closing.ts';
import type { Clock } from '../services/kit/ports.ts';
import type { Verdict } from './verdict.ts';

/** What can be measured by itself. */
export const partNames = ['accept', 'push', 'stream', 'rated'] as const;
export type PartName = (typeof partNames)[number];

/** What a part has to say. */
export interface PartOutcome {
  readonly part: PartName;
  readonly figures: unknown;
  /** The figures for people. */
  readonly lines: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** Of what was measured, and measured against. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What parts touch of the world. */
export interface BenchWorld {
  readonly machine: Machine;
  readonly closing: Closing;
  readonly clock: Clock;
  /** Takes a line about what goes on. */
  readonly tell: (line: string) => void;
}
