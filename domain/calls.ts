import {
  catalogue,
  probes,
  serviceNames,
  type InsideCall,
  type Route,
  type ServiceName,
} from './catalogue.ts';

/** Who opens connections inside a cluster. The gateway is also what the peer's gateway comes through. */
export type Caller = 'gateway' | 'keeper' | 'monitoring' | ServiceName;

/** Who is called. */
export type Callee = 'keeper' | ServiceName;

/** One thing that may be asked; `path` has `:name` for one segment and no query. */
export interface Call {
  readonly method: Route['method'];
  readonly path: string;
}

/** Who may ask whom for what. */
export interface CallRule {
  readonly from: Caller;
  readonly to: Callee;
  readonly calls: readonly Call[];
}

/** What the keeper answers to its cluster's services: which releases are live, candidate, retiring. */
export const keeperRoles = { method: 'GET', path: '/roles' } as const satisfies Call;

/**
 * Every call that is allowed inside a cluster; all others are refused. Services know each other by messages alone: none
 * calls another. The node's own probes do not come through the mesh and need no rule.
 */
export const callRules: readonly CallRule[] = [
  ...serviceNames.map(to => ({ from: 'gateway', to, calls: gatewayCalls(to) }) as const),
  ...serviceNames.map(
    to => ({ from: 'monitoring', to, calls: [{ method: 'GET', path: probes.metrics }] }) as const,
  ),
  { from: 'monitoring', to: 'keeper', calls: [{ method: 'GET', path: probes.metrics }] },
  ...serviceNames.flatMap(to => insideRules(to)),
  ...serviceNames.filter(usesKeeper).map(from => ({ from, to: 'keeper', calls: [keeperRoles] }) as const),
];

/** True when a rule allows it. `path` is the request's own, without its query. */
export function mayCall(asked: {
  readonly from: Caller;
  readonly to: Callee;
  readonly method: string;
  readonly path: string;
}): boolean {
  return callRules.some(
    ({ from, to, calls }) =>
      from === asked.from &&
      to === asked.to &&
      calls.some(({ method, path }) => method === asked.method && isAt(asked.path, path)),
  );
}

/** What reaches a service from outside, what the gateway asks before it sends anything there, and what moves DNS. */
function gatewayCalls(service: ServiceName): Call[] {
  const asked = [probes.liveness, probes.readiness];
  const routes = Object.values<Route>(catalogue[service].routes);
  return [
    ...routes.map(({ method, path }) => ({ method, path })),
    ...asked.map(path => ({ method: 'GET', path }) as const),
  ];
}

/** What nobody outside may ask, such as what became of documents (`domain/outcomes.ts`). */
function insideRules(to: ServiceName): CallRule[] {
  const asked = Object.values<InsideCall>(catalogue[to].inside);
  return [...new Set(asked.map(({ from }) => from))].map(from => ({
    from,
    to,
    calls: asked.filter(call => call.from === from).map(({ method, path }) => ({ method, path })),
  }));
}

function usesKeeper(service: ServiceName): boolean {
  return (catalogue[service].uses as readonly string[]).includes('keeper');
}

function isAt(path: string, pattern: string): boolean {
  const [parts, wanted] = [path.split('/'), pattern.split('/')];
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => (part.startsWith(':') ? parts[at] !== '' : part === parts[at]))
  );
}
