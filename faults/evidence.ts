import { ParityError } from '../domain/errors.ts';
import type { RecordWrite, ReleaseRecord } from '../domain/record.ts';
import type { Release } from '../domain/release.ts';
import { prometheusMetrics } from '../release/adapters/prometheus-metrics.ts';
import { judge } from '../release/gates/judge.ts';
import type { Policy } from '../release/policy.ts';
import type { Clock, RecordStore } from '../release/ports.ts';
import { takeBackIn } from '../release/take-back.ts';

/** When figures first proved that users are worse off. */
export interface Evidence {
  /**
   * Epoch milliseconds, by this machine's clock: the record's times are by the same. Where users were taken back before
   * the watch saw why, its last look that proved nothing: the evidence came later than that.
   */
  readonly atMs: number;
}

/** What is watched, and by which policy it is judged. */
export interface WatchedRelease {
  readonly release: Release;
  readonly store: Pick<RecordStore, 'read'>;
  readonly policy: Policy;
  readonly prometheusUrl: string;
  readonly clock: Clock;
}

/** Somebody who judges as engine and keepers do, all the time and without any power. */
export interface EvidenceWatch {
  /** Ends watching; undefined where nothing was proven, and nobody taken back. */
  stop(): Promise<Evidence | undefined>;
}

/** Far more often than a gate interval, so that what is found is the sample that completes the evidence. */
const lookEveryMs = 100;

/** Watches until it is stopped, or something is proven. */
export function watchEvidence({
  release,
  store,
  policy,
  prometheusUrl,
  clock,
}: WatchedRelease): EvidenceWatch {
  const metrics = prometheusMetrics({ url: prometheusUrl, clock });
  const stopping = new AbortController();
  const watching = (async () => {
    let provedNothing: Evidence | undefined;
    for (;;) {
      const record = await store.read();
      if (takeBackIn(record, release) !== undefined) return provedNothing;
      if (stopping.signal.aborted) return undefined;
      const nowMs = clock.now();
      const { verdict } = await judge(record, { metrics, policy, nowMs });
      if (verdict === 'worse') return { atMs: nowMs };
      provedNothing = { atMs: nowMs };
      await clock.delay(lookEveryMs);
    }
  })();
  watching.catch(() => {});
  return {
    stop: async () => {
      stopping.abort();
      return await watching;
    },
  };
}

/**
 * The write that took everybody back from `release`: who, when and why.
 * @throws ParityError `not_found` when there was none lately
 */
export function takeBackOf(release: Release, record: ReleaseRecord): RecordWrite {
  const back = takeBackIn(record, release);
  if (back === undefined) throw new ParityError('not_found', `Nobody was taken back from ${release}.`);
  return back;
}
