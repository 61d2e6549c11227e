import type { DnsWeights } from '../domain/dns-weights.ts';
import type { RecordChange } from '../domain/next-record.ts';
import type { Parity } from '../domain/parity.ts';
import type { RecordWrite, ReleaseRecord } from '../domain/record.ts';
import type { Release } from '../domain/release.ts';
import type { Routing } from '../domain/routing.ts';
import type { Sample } from './gates/sample.ts';
import type { Judgement } from './gates/verdict.ts';
import type { JournalEntry } from './store/journal-entry.ts';

/** The world's time. Durations go by `monotonic`; the wall clock may jump (failures.md 56). */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The world's randomness. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** An object as the store holds it. */
export interface StoredObject {
  readonly text: string;
  /** Opaque; another one after every write. S3: the ETag. */
  readonly tag: string;
  /** Where a person finds it: a file, a URL. */
  readonly at: string;
}

/** The names under which releases keep what they know. */
export type ObjectName = 'record' | 'lock' | `journal-${Release}`;

/**
 * A few small texts outside both clusters, changed by compare-and-set: S3 with conditional writes, a folder on a laptop.
 * Each method throws ParityError `record_unavailable`; for a write that means that its outcome is unknown.
 */
export interface ObjectStore<Name extends string = ObjectName> {
  read(name: Name): Promise<StoredObject | undefined>;
  /** Writes only while the object still is `expected`; undefined: while there is none. */
  write(name: Name, text: string, expected: string | undefined): Promise<'written' | 'changed'>;
}

/** Whose word something is, and why. */
export type Word = Pick<RecordWrite, 'who' | 'why'>;

/** Who writes what and why, and in whose journal it belongs. */
export type WriteReason = Pick<RecordWrite, 'who' | 'what' | 'why' | 'about'>;

/** The one record. Each method throws ParityError `record_unavailable`. */
export interface RecordStore {
  /** @throws ParityError `invalid_record`, `not_found` */
  read(): Promise<ReleaseRecord>;
  /**
   * Writes what `change` makes of `from`, if `from` still is the newest; gives back the newest record.
   * @throws ParityError `record_conflict` when somebody else wrote since, `release_refused` by the change
   */
  write(from: ReleaseRecord, change: RecordChange, reason: WriteReason): Promise<ReleaseRecord>;
}

/** What a release has in a cluster, or has not yet. */
export type WorkloadState =
  { readonly state: 'absent' | 'starting' | 'ready' } | { readonly state: 'failed'; readonly why: string };

/** What a cluster's keeper says of itself. */
export interface KeeperReport {
  /** The record that it rendered last. */
  readonly recordVersion: number;
  readonly rendered: Routing;
  /** True when every replica of the gateway has been read back and routes like that. */
  readonly readBack: boolean;
  /** What it saw when it last judged; undefined while no user is on unproven ground. */
  readonly judgement: Judgement | undefined;
}

/**
 * One cluster: processes on a laptop, Kubernetes later. Each method is idempotent and returns soon: what takes long is
 * asked for and then looked at. Each throws ParityError `unreachable` when the cluster does not answer.
 */
export interface ClusterPort {
  /** Asks that `release` runs, ready to carry at least `share` (0–1) of all users. */
  run(release: Release, share: number): Promise<void>;
  workload(release: Release): Promise<WorkloadState>;
  /** Asks that nothing of `release` runs any more. */
  stop(release: Release): Promise<void>;
  /** Tells the keeper that there is a new record; it would find out by itself. */
  nudge(): Promise<void>;
  keeper(): Promise<KeeperReport>;
  /** Ends what a release could still take in: drains its HTTP and unbinds its queues from the exchange. */
  unpublish(release: Release): Promise<void>;
  /** Messages of a release at this cluster's broker: ready, unacknowledged and waiting for a retry. */
  backlog(release: Release): Promise<number>;
  deleteQueues(release: Release): Promise<void>;
}

/** Where DNS points. Both weights are set in one change. Throws ParityError `unreachable`. */
export interface DnsPort {
  weights(): Promise<DnsWeights>;
  setWeights(weights: DnsWeights): Promise<void>;
}

/** What can be measured of a release, as a share per user between 0 and 1. */
export const measures = ['errors', 'slow', 'stuck', 'pushes-failed'] as const;
export type Measure = (typeof measures)[number];

/** Which figures are asked for. */
export interface SampleQuery {
  readonly measure: Measure;
  readonly routeClass: string | undefined;
  readonly release: Release;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What keepers and services have counted. Throws ParityError `unreachable`. */
export interface MetricsPort {
  /** Folded over the distinct users who met `release` in that time, at whichever cluster. */
  sample(query: SampleQuery): Promise<Sample>;
  /** How often processes of `release` ended that nobody had asked to. */
  restarts(query: Pick<SampleQuery, 'release' | 'fromMs' | 'toMs'>): Promise<number>;
  /** Clusters whose gateway does not reach its peer. */
  apart(): Promise<readonly Parity[]>;
}

/** One thing that was looked at. */
export type Check =
  | { readonly name: string; readonly ok: true }
  | { readonly name: string; readonly ok: false; readonly why: string };

/** The cohort of machines, which are routed to a candidate before any person is. */
export const smokeCohort = 'smoke';

/** Looks at the pair and at releases from outside. Throws ParityError `unreachable`. */
export interface ChecksPort {
  /** The neighbour contract both ways: what either release writes, the other reads. */
  neighbours(releases: { readonly live: Release; readonly candidate: Release }): Promise<Check[]>;
  /** Clusters and peer link healthy, definitions equal, backups fresh. Cheap: it is looked at again while it is not so. */
  pair(): Promise<Check[]>;
  /** Smoke and contract tests through the gateway, as a machine of the smoke cohort. */
  smoke(candidate: Release): Promise<Check[]>;
}

/** What happened to releases, one story each. Throws ParityError `record_unavailable`. */
export interface Journal {
  read(release: Release): Promise<JournalEntry[]>;
  /** Adds what is not there yet, told apart by nonce. */
  append(release: Release, entries: readonly JournalEntry[]): Promise<void>;
}

/** Everything that shipping a release touches. */
export interface ReleaseWorld {
  readonly clusters: Readonly<Record<Parity, ClusterPort>>;
  readonly dns: DnsPort;
  readonly metrics: MetricsPort;
  readonly checks: ChecksPort;
  readonly store: RecordStore;
  readonly journal: Journal;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}
