import type { ServiceName } from '../../domain/catalogue.ts';
import type { DnsWeights } from '../../domain/dns-weights.ts';
import type { Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record-shape.ts';
import type { Release } from '../../domain/release.ts';
import type { Rendered } from '../../release/keeper/render.ts';
import type { KeeperReport, WorkloadState } from '../../release/ports.ts';
import type { ReleaseSource } from '../checks/neighbour-contract.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';
import type { ControlAction, ControlRequest } from './control-requests.ts';

/** A release as it was registered: from now on its name means this and nothing else. */
export interface RegisteredRelease {
  readonly release: Release;
  /** The folder that holds its source. */
  readonly folder: string;
  /** The commit that its ref named; undefined for the present checkout. */
  readonly commit: string | undefined;
  /** What git calls the present checkout: `4f0c1b2a3d4e-dirty`; undefined for a ref, and where git does not know it. */
  readonly checkout: string | undefined;
  readonly fault: string | undefined;
}

/** An engine as the status shows it. */
export interface EngineStatus extends WorkloadStatus {
  readonly version: string | undefined;
  /** Where it came from: `url`, `path` or `registries`. */
  readonly source: string | undefined;
}

/** A process of services as the status shows it. */
export interface ServiceProcessStatus extends WorkloadStatus {
  readonly release: string;
  readonly services: readonly ServiceName[];
}

/** A gateway as the status shows it. */
export interface GatewayStatus extends EngineStatus {
  /** The version of the record that it routes by. */
  readonly record: number;
}

/** A keeper as the status shows it. */
export interface KeeperStatus extends WorkloadStatus {
  readonly url: string;
}

/** One cluster as the status shows it. */
export interface ClusterStatus {
  readonly role: 'live' | 'idle';
  /** What the front door's health check believes. */
  readonly healthy: boolean;
  readonly url: string;
  readonly services: readonly ServiceProcessStatus[];
  /** Its gateway sends requests to all services of the live release here. */
  readonly ready: boolean;
  /** Its gateway would send them to the peer's: link, gateway and services there are healthy in its eyes. */
  readonly peer: boolean;
  readonly gateway: GatewayStatus;
  readonly keeper: KeeperStatus;
  readonly broker: EngineStatus;
}

/** Everything worth knowing about a running pair. */
export interface PairStatus {
  readonly pid: number;
  readonly startedAt: string;
  /** Of the front door. */
  readonly url: string;
  readonly phonesUrl: string;
  readonly state: string;
  readonly release: string;
  readonly recordVersion: number;
  readonly clusters: Readonly<Record<Parity, ClusterStatus>>;
  readonly database: EngineStatus;
  readonly prometheus: EngineStatus & { readonly url: string };
}

/** A process of services, and the services in it. */
export interface ReleaseProcess extends WorkloadStatus {
  readonly services: readonly ServiceName[];
  /** On 127.0.0.1; the same as long as the release runs. */
  readonly port: number;
}

/** A release that runs in a cluster. */
export interface ReleaseWorkload {
  readonly release: Release;
  readonly processes: readonly ReleaseProcess[];
}

/** What a cluster knows of the releases that the record names. */
export interface ClusterReleases {
  /** Undefined when its keeper does not answer. */
  readonly keeper: KeeperReport | undefined;
  /** Messages that wait at its broker, by release; nothing of a broker that does not answer. */
  readonly queued: Readonly<Record<Release, number>>;
}

/** The running pair at one moment, and what is shipped on it. */
export interface PairLook {
  readonly status: PairStatus;
  readonly record: ReleaseRecord;
  /** Who has the lock, and since when. */
  readonly operator: { readonly who: string; readonly since: string } | undefined;
  readonly releases: Readonly<Record<Parity, ClusterReleases>>;
  /** Where DNS points; undefined when it does not answer. */
  readonly dns: DnsWeights | undefined;
}

/** How a gateway's health checks of its peer ended, since it was started. */
export interface PeerChecks {
  /** With an answer, whatever it was: the way is there. */
  readonly answered: number;
  readonly unanswered: number;
}

/** What each action answers. */
export interface ControlAnswers {
  readonly status: PairStatus;
  readonly kill: PairStatus;
  readonly heal: PairStatus;
  readonly rotate: PairStatus;
  readonly register: RegisteredRelease;
  readonly source: ReleaseSource;
  readonly run: null;
  readonly workload: WorkloadState;
  readonly stop: null;
  readonly unpublish: null;
  readonly backlog: number;
  readonly deleteQueues: null;
  readonly workloadsOf: readonly ReleaseWorkload[];
  readonly look: PairLook;
  readonly applyRecord: null;
  /** One gateway, one replica; none while it does not route as it was told last. */
  readonly readBackRouting: readonly Rendered[];
  readonly peerChecks: PeerChecks;
}

/** What the running pair does when it is asked. */
export type ControlHandlers = {
  readonly [A in ControlAction]: (request: ControlRequest<A>) => Promise<ControlAnswers[A]>;
};

/** What comes back over the control socket. */
export type ControlReply<A extends ControlAction> =
  | { readonly answer: ControlAnswers[A] }
  | { readonly error: { readonly code: string; readonly message: string } };
