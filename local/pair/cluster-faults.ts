import type { Parity } from '../../domain/parity.ts';
import type { ClusterPart, SharedPart } from '../control/breakable-parts.ts';
import type { FaultRequest } from '../control/control-requests.ts';
import type { Workload } from '../supervisor/workload.ts';

/** What a cluster consists of, as far as it can be killed. */
export interface ClusterWorkloads {
  readonly services: readonly Workload[];
  readonly gateway: Workload;
  readonly keeper: Workload;
  readonly broker: Workload;
}

/** What both clusters share, as far as it can be broken. */
export type SharedParts = Readonly<Record<SharedPart, Breakable>>;

/** What can be killed, or cut, until it is healed. */
export type Breakable = Pick<Workload, 'kill' | 'heal'>;

/** Kills and heals. */
export interface ClusterFaults {
  kill(fault: FaultRequest): Promise<void>;
  heal(fault: FaultRequest): Promise<void>;
}

/** `kill -9` for parts of a cluster and what both share, which stay dead until they are healed. */
export function clusterFaults(
  clusters: (parity: Parity) => ClusterWorkloads,
  shared: SharedParts,
): ClusterFaults {
  const each = async (fault: FaultRequest, act: (part: Breakable) => Promise<void>) => {
    const parts = 'shared' in fault ? [shared[fault.shared]] : chosen(clusters(fault.cluster), fault.what);
    await Promise.all(parts.map(act));
  };
  return {
    kill: fault => each(fault, workload => workload.kill()),
    heal: fault => each(fault, workload => workload.heal()),
  };
}

function chosen(
  { services, gateway, keeper, broker }: ClusterWorkloads,
  what: ClusterPart,
): readonly Workload[] {
  const parts = { services, gateway: [gateway], keeper: [keeper], broker: [broker] };
  return what === 'all' ? Object.values(parts).flat() : parts[what];
}
