import { z } from 'zod';
import type { ServiceName } from '../../domain/catalogue.ts';
import { isParity, type Parity } from '../../domain/parity.ts';
import { rotatable } from '../gateway/rotatable.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';

/** What of a cluster can be killed and healed. */
export const clusterParts = ['services', 'gateway', 'broker', 'all'] as const;
export type ClusterPart = (typeof clusterParts)[number];

/** A request to kill or heal. */
export const faultRequest = z.strictObject({
  cluster: z.string().refine(isParity, 'odd or even'),
  what: z.enum(clusterParts),
});
export type FaultRequest = z.infer<typeof faultRequest>;

/** A request to replace keys. */
export const rotateRequest = z.strictObject({ what: z.enum(rotatable) });
export type RotateRequest = z.infer<typeof rotateRequest>;

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
}

/** What the control socket can be asked for. */
export const controlPaths = { status: '/status', kill: '/kill', heal: '/heal', rotate: '/rotate' } as const;
export type ControlAction = keyof typeof controlPaths;

/** What the running pair does when it is asked. */
export interface ControlHandlers {
  readonly status: () => Promise<PairStatus>;
  readonly kill: (request: FaultRequest) => Promise<void>;
  readonly heal: (request: FaultRequest) => Promise<void>;
  readonly rotate: (request: RotateRequest) => Promise<void>;
}
