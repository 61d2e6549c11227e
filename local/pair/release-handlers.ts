import type { ControlHandlers, ReleaseWorkload } from '../control/control-api.ts';
import type { ReleaseRegistry } from '../releases/release-registry.ts';
import type { PairGateways } from './launch-gateways.ts';
import type { LaunchedRelease } from './launch-release.ts';
import type { PairServices } from './pair-services.ts';

/** What a release engine and keepers ask of the pair: it carries out, and decides nothing. */
export type ReleaseHandlers = Pick<
  ControlHandlers,
  'register' | 'run' | 'workload' | 'stop' | 'workloadsOf' | 'applyRouting' | 'readBackRouting'
>;

/** Carries out what is asked about releases. */
export function releaseHandlers(parts: {
  readonly registry: ReleaseRegistry;
  readonly services: PairServices;
  readonly gateways: PairGateways['gateways'];
}): ReleaseHandlers {
  const { registry, services, gateways } = parts;
  return {
    register: registration => registry.register(registration),
    run: async at => {
      await services.run(at);
      return null;
    },
    workload: at => services.workload(at),
    stop: async at => {
      await services.stop(at);
      return null;
    },
    workloadsOf: async ({ cluster }) => services.of(cluster).map(workloadOf),
    applyRouting: async ({ cluster, rendered }) => {
      await gateways[cluster].applyRouting(rendered);
      return null;
    },
    readBackRouting: async ({ cluster }) => {
      const rendered = await gateways[cluster].readBack();
      return rendered === undefined ? [] : [rendered];
    },
  };
}

function workloadOf({ release, processes }: LaunchedRelease): ReleaseWorkload {
  return {
    release,
    processes: processes.map(({ services, port, workload }) => ({ services, port, ...workload.status() })),
  };
}
