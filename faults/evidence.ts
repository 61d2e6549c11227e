import { ParityError } from '../domain/errors.ts';
import type { RecordWrite, ReleaseRecord } from '../domain/record.ts';
import type { Release } from '../domain/release.ts';
import { prometheusMetrics } from '../release/adapters/prometheus-metrics.ts';
import { judge } from '../release/gates/judge.ts';
import type { Policy } from '../release/policy.ts';
import type { Clock, RecordStore } from '../release/ports.ts';

/** When figures first proved that users are worse off. */
export interface Evidence {
  /** Epoch milliseconds, by this machine's clock: the record's times are by the same. */
  readonly atMs: number;
  readonly why: string;
}

/** What is watched, and by which policy it is judged. */
export interface WatchedRelease {
  readonly store: Pick<RecordStore, 'read'>;
  readonly policy: Policy;
  readonly prometheusUrl: string;
  readonly clock: Clock;
}

/** Somebody who judges as engine and keepers do, all the time and without any power. */
export interface EvidenceWatch {
  /** Ends watching; what proved it first, or undefined where nothing did. */
  stop(): Promise<Evidence | undefined>;
}

/** Far more often than a gate interval, so that what is found is the sample that completes the evidence. */
const lookEveryMs = 100;

/** Watches until it is stopped, or something is proven. */
export function watchEvidence({ store, policy, prometheusUrl, clock }: WatchedRelease): EvidenceWatch {
  const metrics = prometheusMetrics({ url: prometheusUrl, clock });
  const stopping = new AbortController();
  const look = async (record: ReleaseRecord): Promise<Evidence | undefined> => {
    const nowMs = clock.now();
    const { verdict, why } = await judge(record, { metrics, policy, nowMs });
    return verdict === 'worse' ? { atMs: nowMs, why } : undefined;
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const found = await look(await store.read());
      if (found !== undefined) return found;
      await clock.delay(lookEveryMs);
    }
    return undefined;
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
export function takeBackOf(release: Release, { writes }: ReleaseRecord): RecordWrite {
  const back = writes.find(({ what, about }) => what === 'take back' && about === release);
  if (back === undefined) throw new ParityError('not_found', `Nobody was taken back from ${release}.`);
  return back;
}
