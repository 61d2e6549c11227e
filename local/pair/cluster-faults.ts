import type { Parity } from '../../domain/parity.ts';
import type { ClusterPart, FaultRequest } from '../control/control-api.ts';
import type { Workload } from '../supervisor/workload.ts';

/** What a cluster consists of, as far as it can be killed. */
export interface ClusterWorkloads {
  readonly services: readonly Workload[];
  readonly gateway: Workload;
  readonly broker: Workload;
}

/** Kills and heals. */
export interface ClusterFaults {
  kill(fault: FaultRequest): Promise<void>;
  heal(fault: FaultRequest): Promise<void>;
}

/** `kill -9` for parts of a cluster, which stay dead until they are healed. */
export function clusterFaults(clusters: (parity: Parity) => ClusterWorkloads): ClusterFaults {
  const each = async ({ cluster, what }: FaultRequest, act: (workload: Workload) => Promise<void>) => {
    await Promise.all(chosen(clusters(cluster), what).map(act));
  };
  return {
    kill: fault => each(fault, workload => workload.kill()),
    heal: fault => each(fault, workload => workload.heal()),
  };
}

function chosen({ services, gateway, broker }: ClusterWorkloads, what: ClusterPart): readonly Workload[] {
  const parts = { services, gateway: [gateway], broker: [broker] };
  return what === 'all' ? Object.values(parts).flat() : parts[what];
}
