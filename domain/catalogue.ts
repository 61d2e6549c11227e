import type { MessageKind } from './messages.ts';
import type { Release } from './release.ts';
import type { Role } from './claims.ts';

/** The services of the thin path. */
export const serviceNames = ['processor', 'storage', 'notification'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Who may call a route: anybody, a verified user, or a verified user with a role. */
export type RouteAccess = 'public' | 'user' | Role;

/** One route of a service, as gateway, mesh and the service itself know it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `:name` for one segment. */
  readonly path: string;
  readonly access: RouteAccess;
}

/** What is said about a service once; processes, pods, mesh objects and gateway routes are derived from it. */
export interface Service {
  /** Container port, and the laptop's when the service runs as a process of its own. */
  readonly port: number;
  readonly routes: Readonly<Record<string, Route>>;
  /** The kind of message it consumes, if any. */
  readonly consumes: MessageKind | undefined;
  /** Kinds of messages it publishes. */
  readonly publishes: readonly MessageKind[];
}

/** The service catalogue (design.md §1.6). */
export const catalogue = {
  processor: {
    port: 7101,
    routes: { accept: { method: 'POST', path: '/v1/documents', access: 'user' } },
    consumes: undefined,
    publishes: ['document.accepted'],
  },
  storage: {
    port: 7102,
    routes: {
      list: { method: 'GET', path: '/v1/documents', access: 'user' },
      show: { method: 'GET', path: '/v1/documents/:id', access: 'user' },
      content: { method: 'GET', path: '/v1/documents/:id/content', access: 'user' },
      open: { method: 'GET', path: '/l/:token', access: 'public' },
      trace: { method: 'GET', path: '/v1/admin/documents/:id', access: 'admin' },
      parked: { method: 'GET', path: '/v1/admin/parked', access: 'admin' },
      showParked: { method: 'GET', path: '/v1/admin/parked/:id', access: 'admin' },
      replay: { method: 'POST', path: '/v1/admin/parked/:id/replay', access: 'admin' },
    },
    consumes: 'document.accepted',
    publishes: ['document.accepted', 'document.stored'],
  },
  notification: {
    port: 7103,
    routes: {
      device: { method: 'PUT', path: '/v1/devices/:installation', access: 'user' },
      ledger: { method: 'GET', path: '/v1/admin/notifications/:id', access: 'admin' },
      parkedPushes: { method: 'GET', path: '/v1/admin/parked-pushes', access: 'admin' },
      replayPush: { method: 'POST', path: '/v1/admin/parked-pushes/:id/replay', access: 'admin' },
    },
    consumes: 'document.stored',
    publishes: ['document.stored'],
  },
} as const satisfies Record<ServiceName, Service>;

/** What every process answers about itself, whichever services it runs. */
export const probes = { liveness: '/healthz', readiness: '/readyz', metrics: '/metrics' } as const;

const queuePrefixes = {
  'document.accepted': 'documents.accepted',
  'document.stored': 'documents.stored',
} as const satisfies Record<MessageKind, string>;

/**
 * How long a message waits before its next attempt; the last one repeats. One retry queue each, for a quorum queue
 * expires messages only at its head, so that a longer delay would hold up a shorter one behind it.
 */
export const retryDelaysMs = [500, 2_000, 10_000, 30_000] as const;

/** Attempts after which a message's document is parked. */
export const maxAttempts = 8;

/** The queues of one kind of message in one release: a release only meets its own messages (design.md §4). */
export interface QueueNames {
  readonly work: string;
  /** One per entry of `retryDelaysMs`; messages return to `work` through the default exchange. */
  readonly retry: readonly string[];
  /** Where the broker puts what its delivery limit gave up. */
  readonly dead: string;
}

/** The queue names of `kind` in `release`: `documents.accepted.s42`, `….s42.retry.500`, `….s42.dead`. */
export function queueNames(kind: MessageKind, release: Release): QueueNames {
  const work = `${queuePrefixes[kind]}.s${release}`;
  return { work, retry: retryDelaysMs.map(ms => `${work}.retry.${ms}`), dead: `${work}.dead` };
}
