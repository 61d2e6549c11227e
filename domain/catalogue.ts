import type { Dependency } from './dependencies.ts';
import type { MessageKind } from './messages.ts';
import type { Role } from './claims.ts';

/** The services of a document's path, in the order in which it meets them. */
export const serviceNames = ['processor', 'storage', 'notification'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Who may call a route: anybody, a verified user, or a verified user with a role. */
export type RouteAccess = 'public' | 'user' | Role;

/** Routes that are alike in what they carry, and are compared with each other alone (`domain/route-classes.ts`). */
export type RouteClass = 'upload' | 'read' | 'content' | 'link' | 'change' | 'admin';

/** One route of a service, as gateway, mesh and the service itself know it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `:name` for one segment. */
  readonly path: string;
  readonly access: RouteAccess;
  readonly class: RouteClass;
}

/**
 * Something that a service is asked inside its cluster alone. It is no route: the gateway does not know it, and who may
 * ask is settled between processes (`domain/calls.ts`), for there is no user.
 */
export interface InsideCall {
  readonly method: 'POST';
  readonly path: string;
  readonly from: 'keeper';
}

/** What is said about a service once; processes, pods, mesh objects and gateway routes are derived from it. */
export interface Service {
  /** Container port, and the laptop's when the service runs as a process of its own. */
  readonly port: number;
  readonly routes: Readonly<Record<string, Route>>;
  readonly inside: Readonly<Record<string, InsideCall>>;
  /** What it works with, and nothing else: its variables, its mounts and where its connections may go follow. */
  readonly uses: readonly Dependency[];
  /** The kind of message it consumes, if any. */
  readonly consumes: MessageKind | undefined;
  /** Kinds of messages it publishes. */
  readonly publishes: readonly MessageKind[];
}

/** The service catalogue (design.md §1.6). */
export const catalogue = {
  processor: {
    port: 7101,
    routes: { accept: { method: 'POST', path: '/v1/documents', access: 'user', class: 'upload' } },
    inside: {},
    uses: ['spool', 'broker'],
    consumes: undefined,
    publishes: ['document.accepted'],
  },
  storage: {
    port: 7102,
    routes: {
      list: { method: 'GET', path: '/v1/documents', access: 'user', class: 'read' },
      show: { method: 'GET', path: '/v1/documents/:id', access: 'user', class: 'read' },
      content: { method: 'GET', path: '/v1/documents/:id/content', access: 'user', class: 'content' },
      revokeLinks: {
        method: 'POST',
        path: '/v1/documents/:id/links/revoke',
        access: 'user',
        class: 'change',
      },
      open: { method: 'GET', path: '/l/:token', access: 'public', class: 'link' },
      trace: { method: 'GET', path: '/v1/admin/documents/:id', access: 'admin', class: 'admin' },
      parked: { method: 'GET', path: '/v1/admin/parked', access: 'admin', class: 'admin' },
      showParked: { method: 'GET', path: '/v1/admin/parked/:id', access: 'admin', class: 'admin' },
      replay: { method: 'POST', path: '/v1/admin/parked/:id/replay', access: 'admin', class: 'admin' },
      drop: { method: 'POST', path: '/v1/admin/parked/:id/drop', access: 'admin', class: 'admin' },
      reprocess: {
        method: 'POST',
        path: '/v1/admin/releases/:release/reprocess',
        access: 'admin',
        class: 'admin',
      },
      reconcile: { method: 'POST', path: '/v1/admin/vault/reconcile', access: 'admin', class: 'admin' },
    },
    inside: { outcomes: { method: 'POST', path: '/outcomes/documents', from: 'keeper' } },
    uses: ['spool', 'vault', 'broker', 'database', 'links', 'keeper'],
    consumes: 'document.accepted',
    publishes: ['document.accepted', 'document.stored'],
  },
  notification: {
    port: 7103,
    routes: {
      device: { method: 'PUT', path: '/v1/devices/:installation', access: 'user', class: 'change' },
      ledger: { method: 'GET', path: '/v1/admin/notifications/:id', access: 'admin', class: 'admin' },
      parkedPushes: { method: 'GET', path: '/v1/admin/parked-pushes', access: 'admin', class: 'admin' },
      replayPush: {
        method: 'POST',
        path: '/v1/admin/parked-pushes/:id/replay',
        access: 'admin',
        class: 'admin',
      },
      dropPush: {
        method: 'POST',
        path: '/v1/admin/parked-pushes/:id/drop',
        access: 'admin',
        class: 'admin',
      },
    },
    inside: { outcomes: { method: 'POST', path: '/outcomes/pushes', from: 'keeper' } },
    uses: ['broker', 'database', 'links', 'push'],
    consumes: 'document.stored',
    publishes: ['document.stored'],
  },
} as const satisfies Record<ServiceName, Service>;

/** What service `S` works with. */
export type DependencyOf<S extends ServiceName> = (typeof catalogue)[S]['uses'][number];

/** What every process answers about itself, whichever services it runs. */
export const probes = { liveness: '/healthz', readiness: '/readyz', metrics: '/metrics' } as const;
