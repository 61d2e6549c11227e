import type { DependencyOf, ServiceName } from '../../domain/catalogue.ts';
import type { Dependency } from '../../domain/dependencies.ts';
import { overdue, withinDeadline } from './deadline.ts';
import type { Identity } from './identity.ts';
import type { Answer, ProbeHandlers } from './http/exchange.ts';
import type { Log } from './logger.ts';
import type { Clock } from './ports.ts';

/** What can be checked. `broker` is any broker that takes publishes; `peer-broker` is told but needed by nobody. */
export type CheckName = Dependency | 'peer-broker';

/** Resolves when the dependency does its work, rejects when it does not; may hang. */
export type Check = () => Promise<void>;

/**
 * What each service's routes cannot do without. Push is not there: a phone's registration needs only the database,
 * and what waits to be pushed waits in the broker.
 */
export const requiredChecks = {
  processor: ['spool', 'broker'],
  storage: ['database', 'vault', 'broker'],
  notification: ['database', 'broker'],
} as const satisfies { [S in ServiceName]: readonly DependencyOf<S>[] };

/** How to check what there is; a required check that is missing counts as failed. */
export type Checks = { readonly [C in CheckName]?: Check };

/** What health needs. */
export interface HealthParts {
  readonly identity: Identity;
  readonly services: readonly ServiceName[];
  readonly checks: Checks;
  readonly clock: Clock;
  readonly log: Log;
}

/** The probes, and the word that ends readiness. */
export interface Health extends Pick<ProbeHandlers, 'liveness' | 'readiness'> {
  /** From now on nothing here is ready, so that gateways go elsewhere while requests under way are finished. */
  startDraining(): void;
}

/** A check that takes longer has failed; shorter than gateways wait for the answer (`domain/service-probes.ts`). */
export const checkDeadlineMs = 800;

/** Probes from several gateways within this time share one run. */
const freshMs = 1_000;

/**
 * The probes of a process.
 *
 * Liveness (`/healthz`) says only that the process answers. It is what restarts a pod *and* what moves DNS, so it
 * never looks at a dependency: a shared one that fails would take both clusters out at once (design.md §6).
 * Readiness (`/readyz`) is what a gateway places requests by: 503 when a check fails that a service here requires.
 * `/readyz?service=storage` asks for one service alone, so that a process that runs all of them goes on accepting
 * documents while the database is away.
 */
export function createHealth(parts: HealthParts): Health {
  const { services, clock } = parts;
  // These two alone: a whole configuration is an identity as well, and anybody may ask.
  const { cluster, release } = parts.identity;
  const checks = Object.entries<Check | undefined>(parts.checks).flatMap(([name, check]) =>
    check === undefined ? [] : [watched(name as CheckName, check, parts)],
  );
  let draining = false;
  return {
    liveness: () => ({ status: 200, json: { alive: true, cluster, release } }),
    readiness: async query => {
      const asked = services.filter(service => (query.get('service') ?? service) === service);
      const results = Object.fromEntries(await Promise.all(checks.map(check => check(clock.monotonic()))));
      return readinessAnswer({ cluster, release, draining, results, asked });
    },
    startDraining: () => {
      draining = true;
    },
  };
}

type Result = 'ok' | 'failed' | 'overdue';

function readinessAnswer(seen: {
  cluster: string;
  release: string;
  draining: boolean;
  results: Record<string, Result>;
  asked: readonly ServiceName[];
}): Answer {
  const { cluster, release, draining, results, asked } = seen;
  const services = Object.fromEntries(
    asked.map(service => [
      service,
      !draining && requiredChecks[service].every(name => results[name] === 'ok'),
    ]),
  );
  const ready = asked.length > 0 && Object.values(services).every(Boolean);
  return {
    status: ready ? 200 : 503,
    json: { ready, draining, cluster, release, services, checks: results },
  };
}

/** A check that is run at most once a second, never twice at once (it may hang), and logged when it changes. */
function watched(name: CheckName, check: Check, { clock, log }: { clock: Clock; log: Log }) {
  let last: { readonly at: number; readonly result: Promise<Result> } | undefined;
  let running: Promise<Result> | undefined;
  let told: Result = 'ok';

  const run = async (): Promise<Result> => {
    try {
      await check();
      return 'ok';
    } catch (error) {
      if (told === 'ok') log.warn({ check: name, error }, 'A readiness check fails.');
      return 'failed';
    }
  };
  const look = async (): Promise<Result> => {
    const current = (running ??= run().finally(() => (running = undefined)));
    const result = await withinDeadline(current, { clock, ms: checkDeadlineMs });
    const now = result === overdue ? 'overdue' : result;
    if (now !== told) log.info({ check: name, was: told, now }, 'A readiness check changed.');
    told = now;
    return now;
  };

  return async (now: number): Promise<[CheckName, Result]> => {
    if (last === undefined || now - last.at >= freshMs) last = { at: now, result: look() };
    return [name, await last.result];
  };
}
