import { starvedBelow } from '../../domain/record-changes.ts';
import { isBaking } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Release } from '../../domain/release.ts';
import type { Policy } from '../policy.ts';

/** Whose figures, from when to when. */
export interface Window {
  readonly release: Release;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The windows that are compared; `live` is absent when there never was one with users enough. */
export interface Windows {
  readonly candidate: Window;
  readonly live: Window | undefined;
  readonly baseline: Window;
  /** True when candidate and live are from the same minutes. */
  readonly together: boolean;
}

/**
 * What there is to compare, from the record alone, so that engine and keepers judge the same. Where the live side has
 * too few users (threshold above 95 %, bake) it is the last window in which both had enough. Undefined when no user is
 * on unproven ground.
 */
export function windowsOf(record: ReleaseRecord, policy: Policy, nowMs: number): Windows | undefined {
  const { candidate, live, previous, evidence, threshold } = record;
  const judged = previous === undefined ? candidate : live.release;
  if (evidence === undefined || judged === undefined) return undefined;
  const stable = previous ?? live.release;
  const fromMs = Date.parse(evidence.from);
  const exposedMs = Date.parse(evidence.exposedFrom);
  const together = !isBaking(record) && threshold <= 1000 - starvedBelow;
  const reference = evidence.reference && {
    release: stable,
    fromMs: Date.parse(evidence.reference.from),
    toMs: Date.parse(evidence.reference.to),
  };
  return {
    candidate: { release: judged, fromMs, toMs: nowMs },
    live: together ? { release: stable, fromMs, toMs: nowMs } : reference,
    baseline: { release: stable, fromMs: exposedMs - policy.baselineMs, toMs: exposedMs },
    together,
  };
}

/** A window that figures are kept for; without an end while it goes on. */
export interface JudgedWindow {
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

/** Every window that is judged of `record`, whoever's figures in it are compared; none begins when another does. */
export function judgedWindows(record: ReleaseRecord, policy: Policy): JudgedWindow[] {
  const windows = windowsOf(record, policy, Infinity);
  if (windows === undefined) return [];
  const { candidate, live, baseline } = windows;
  const all = [candidate, ...(live === undefined ? [] : [live]), baseline];
  const distinct = new Map(all.map(({ fromMs, toMs }) => [fromMs, toMs]));
  return [...distinct].map(([fromMs, toMs]) => ({ fromMs, toMs: toMs === Infinity ? undefined : toMs }));
}

/** What a pass must rule out where the release is now. */
export function marginOf(record: ReleaseRecord, { shift, bake }: Policy): number {
  if (isBaking(record)) return bake.margin;
  const reached = shift.findLast(({ percent }) => percent * 10 <= record.threshold);
  return (reached ?? shift[0])?.margin ?? bake.margin;
}
