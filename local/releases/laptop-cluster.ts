import type { Parity } from '../../domain/parity.ts';
import type { ClusterPort } from '../../release/ports.ts';
import type { Control } from '../control/control-client.ts';
import { reaching } from '../control/reaching.ts';

/** What of the control socket is about releases in one cluster. */
export type ClusterControl = Pick<
  Control,
  'run' | 'workload' | 'stop' | 'unpublish' | 'backlog' | 'deleteQueues'
>;

/** A cluster on this machine: the pair process runs its workloads, its keeper answers for itself. */
export function laptopCluster(
  cluster: Parity,
  control: ClusterControl,
  keeper: Pick<ClusterPort, 'nudge' | 'keeper'>,
): ClusterPort {
  return {
    ...keeper,
    run: async (release, share) => void (await reaching(control.run({ cluster, release, share }))),
    workload: release => reaching(control.workload({ cluster, release })),
    stop: async release => void (await reaching(control.stop({ cluster, release }))),
    unpublish: async release => void (await reaching(control.unpublish({ cluster, release }))),
    backlog: release => reaching(control.backlog({ cluster, release })),
    deleteQueues: async release => void (await reaching(control.deleteQueues({ cluster, release }))),
  };
}
