import type { LoadSample } from './open-load.ts';

/** When something was broken, and when it was mended, in epoch milliseconds. */
export interface FaultSpan {
  readonly brokenAt: number;
  readonly mendedAt: number;
}

/** When the last request ended that was not as usual, in milliseconds; 0 when none was since then. */
export interface Recovery {
  readonly afterBreakMs: number;
  readonly afterMendMs: number;
}

/** What a client would call slow. */
const slowMs = 500;

/** How long clients felt a fault: until the last request was over that was slow or had to be sent twice. */
export function recoveryFrom({ brokenAt, mendedAt }: FaultSpan, samples: readonly LoadSample[]): Recovery {
  const felt = samples.filter(({ ms, tries }) => ms > slowMs || tries > 1);
  const lastAt = Math.max(...felt.map(({ firstSentAt, ms }) => firstSentAt + ms));
  return { afterBreakMs: Math.max(0, lastAt - brokenAt), afterMendMs: Math.max(0, lastAt - mendedAt) };
}
