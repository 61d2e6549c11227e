import { ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { ControlHandlers, ReleaseWorkload } from '../control/control-api.ts';
import type { AdminInterface } from '../gateway/admin-interface.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { peerChecks } from '../gateway/peer-checks.ts';
import type { RecordFile } from '../record/record-file.ts';
import type { ReleaseRegistry } from '../releases/release-registry.ts';
import type { PairEngines } from './launch-engines.ts';
import type { PairGateways } from './launch-gateways.ts';
import type { LaunchedRelease } from './launch-release.ts';
import { leavingReleases } from './leaving-releases.ts';
import type { PairServices } from './pair-services.ts';
import { queuesOf } from './queues-of.ts';

/** What a release engine and keepers ask of the pair: it carries out, and decides nothing. */
export type ReleaseHandlers = Omit<ControlHandlers, 'status' | 'look' | 'kill' | 'heal' | 'rotate'>;

/** What it is carried out with. */
export interface ReleaseParts {
  readonly registry: ReleaseRegistry;
  readonly record: RecordFile;
  readonly services: PairServices;
  readonly gateways: PairGateways;
  readonly engines: Pick<PairEngines, 'brokers'>;
  readonly clock: Clock;
}

/** Carries out what is asked about releases. A cluster of which everything was killed does not answer. */
export function releaseHandlers(parts: ReleaseParts): ReleaseHandlers {
  const { registry, record, services, clock } = parts;
  const { gateways } = parts.gateways;
  const queues = queuesOf(parts);
  const live = () => record.current().live.release;
  const leaving = leavingReleases({ queues, services, gateways, live, clock });
  const there =
    <R extends { readonly cluster: Parity }, T>(work: (request: R) => Promise<T>) =>
    async (request: R): Promise<T> => {
      demandAlive(parts, request.cluster);
      return await work(request);
    };
  const done =
    <R>(work: (request: R) => Promise<unknown>) =>
    async (request: R): Promise<null> => {
      await work(request);
      return null;
    };
  return {
    register: registration => registry.register(registration),
    source: async ({ release }) => {
      const { folder, node } = registry.prepared(release);
      return { folder, node };
    },
    run: there(done(at => services.run(at))),
    workload: there(at => services.workload(at)),
    stop: there(done(at => services.stop(at))),
    unpublish: there(done(at => leaving.unpublish(at))),
    backlog: there(at => leaving.backlog(at)),
    deleteQueues: there(done(at => leaving.deleteQueues(at))),
    workloadsOf: async ({ cluster }) => services.of(cluster).map(workloadOf),
    applyRecord: done(({ cluster, rendered }) => gateways[cluster].applyRecord(rendered)),
    readBackRouting: async ({ cluster }) => {
      const rendered = await gateways[cluster].readBack();
      return rendered === undefined ? [] : [rendered];
    },
    peerChecks: async ({ cluster }) => await peerChecks(runningAdmin(gateways[cluster], cluster)),
  };
}

function runningAdmin({ workload }: Pick<Gateway, 'workload'>, cluster: Parity): AdminInterface {
  const admin = workload.lastLife()?.admin;
  if (admin !== undefined) return admin;
  throw new ParityError('unreachable', `The gateway of ${cluster} has not been started yet.`);
}

function demandAlive({ engines, gateways: { gateways } }: ReleaseParts, cluster: Parity): void {
  const parts = [engines.brokers[cluster], gateways[cluster].workload];
  if (parts.some(part => part.status().state !== 'killed')) return;
  throw new ParityError('unreachable', `Cluster ${cluster} was killed: heal it first.`);
}

function workloadOf({ release, processes }: LaunchedRelease): ReleaseWorkload {
  return {
    release,
    processes: processes.map(({ services, port, workload }) => ({ services, port, ...workload.status() })),
  };
}
