import { z } from 'zod';
import type { ServiceName } from '../../domain/catalogue.ts';
import { ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import { recordShape } from '../../domain/record-shape.ts';
import type { Release } from '../../domain/release.ts';
import type { Rendered } from '../../release/keeper/render.ts';
import type { KeeperReport, WorkloadState } from '../../release/ports.ts';
import type { ReleaseSource } from '../checks/neighbour-contract.ts';
import { rotatable } from '../gateway/rotatable.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';

/** What both clusters share and can be killed, or cut, and healed. */
export const sharedParts = ['database', 'peer-link'] as const;
export type SharedPart = (typeof sharedParts)[number];

/** What of a cluster can be killed and healed. */
export const clusterParts = ['services', 'gateway', 'keeper', 'broker', 'all'] as const;
export type ClusterPart = (typeof clusterParts)[number];

const { live, candidate, threshold, cohorts } = recordShape.shape;
const { parity: cluster, release } = live.shape;
const rendered = z.strictObject({
  recordVersion: z.int().positive(),
  lapsed: z.boolean(),
  routing: z.strictObject({ live, candidate, threshold, cohorts }),
}) satisfies z.ZodType<Rendered>;

const fault = z.union([
  z.strictObject({ cluster, what: z.enum(clusterParts) }),
  z.strictObject({ shared: z.enum(sharedParts) }),
]);
const ofCluster = z.strictObject({ cluster });
const ofRelease = z.strictObject({ cluster, release });

/** What each action is asked with; an action without one is a look. */
const requests = {
  status: undefined,
  kill: fault,
  heal: fault,
  rotate: z.strictObject({ what: z.enum(rotatable) }),
  register: z.strictObject({
    release,
    source: z.strictObject({ ref: z.string().min(1).optional() }),
    fault: z.string().min(1).optional(),
  }),
  source: z.strictObject({ release }),
  run: z.strictObject({ cluster, release, share: z.number().min(0).max(1) }),
  workload: ofRelease,
  stop: ofRelease,
  unpublish: ofRelease,
  backlog: ofRelease,
  deleteQueues: ofRelease,
  workloadsOf: ofCluster,
  releases: undefined,
  applyRecord: z.strictObject({ cluster, rendered }),
  readBackRouting: ofCluster,
  peerChecks: ofCluster,
} as const satisfies Record<string, z.ZodType | undefined>;

/** Something that a running pair can be asked to do. */
export type ControlAction = keyof typeof requests;

const controlActions = Object.keys(requests) as ControlAction[];

/** What an action is asked with. */
export type ControlRequest<A extends ControlAction> = (typeof requests)[A] extends z.ZodType
  ? z.infer<(typeof requests)[A]>
  : void;

/** A request to kill or heal. */
export type FaultRequest = ControlRequest<'kill'>;

/** Which release, made of what, and for demonstrations with which fault (domain/faults). */
export type Registration = ControlRequest<'register'>;

/** A release as it was registered: from now on its name means this and nothing else. */
export interface RegisteredRelease {
  readonly release: Release;
  /** The folder that holds its source. */
  readonly folder: string;
  /** The commit that its ref named; undefined for the present checkout. */
  readonly commit: string | undefined;
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
  readonly releases: Readonly<Record<Parity, ClusterReleases>>;
  readonly applyRecord: null;
  /** One gateway, one replica; none while it does not route as it was told last. */
  readonly readBackRouting: readonly Rendered[];
  readonly peerChecks: PeerChecks;
}

/** What the running pair does when it is asked. */
export type ControlHandlers = {
  readonly [A in ControlAction]: (request: ControlRequest<A>) => Promise<ControlAnswers[A]>;
};

const faultHint =
  `Say which cluster (odd or even) and what of it (${clusterParts.join(', ')}), ` +
  `or what both share (${sharedParts.join(', ')}).`;

/** What to say to whoever asks for something else. */
const hints: Partial<Record<ControlAction, string>> = {
  kill: faultHint,
  heal: faultHint,
  rotate: `Say what to rotate: ${rotatable.join(', ')}.`,
};

/** How an action is asked for over HTTP. */
export function controlRoute(action: ControlAction): { method: 'GET' | 'POST'; path: string } {
  return { method: requests[action] === undefined ? 'GET' : 'POST', path: `/${action}` };
}

/** The action that is asked for; undefined when there is none such. */
export function controlAction(method: string, path: string): ControlAction | undefined {
  return controlActions.find(action => {
    const route = controlRoute(action);
    return route.method === method && route.path === path;
  });
}

/** What an action is asked with, read from a body. @throws ParityError `invalid_request` that says what is right */
export function parseRequest<A extends ControlAction>(action: A, body: string): ControlRequest<A> {
  const shape: z.ZodType | undefined = requests[action];
  if (shape === undefined) return undefined as ControlRequest<A>;
  const parsed = shape.safeParse(jsonIn(body));
  if (parsed.success) return parsed.data as ControlRequest<A>;
  throw new ParityError(
    'invalid_request',
    hints[action] ?? `This is no request to ${action}:\n${z.prettifyError(parsed.error)}`,
  );
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
