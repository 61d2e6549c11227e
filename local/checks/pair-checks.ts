import { parities, type Parity } from '../../domain/parity.ts';
import type { Check } from '../../release/ports.ts';
import type { PairStatus, ReleaseWorkload } from '../control/control-api.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';

/** What both clusters run. */
export type RunningReleases = Readonly<Record<Parity, readonly ReleaseWorkload[]>>;

/** What a release needs of the pair: all of it runs, the gateways see each other, and both clusters are alike. */
export function pairChecks(status: PairStatus, running: RunningReleases): Check[] {
  const { clusters, database, prometheus } = status;
  return [
    ...parities.map(parity => clusterCheck(status, parity)),
    ...parities.map(parity =>
      checkThat(`peer link of ${parity}`, clusters[parity].peer, 'its gateway cannot send to the peer'),
    ),
    runs('database', database),
    runs('figures', prometheus),
    alikeCheck(status, running),
  ];
}

/** One check from a condition, and what is wrong where it does not hold. */
function checkThat(name: string, ok: boolean, why: string): Check {
  return ok ? { name, ok } : { name, ok, why };
}

function clusterCheck({ clusters, release }: PairStatus, parity: Parity): Check {
  const { healthy, ready, gateway, keeper, broker } = clusters[parity];
  const faults = [
    ...(healthy ? [] : ['the front door finds it unhealthy']),
    ...(ready ? [] : [`its gateway does not find release ${release} ready there`]),
    ...Object.entries({ gateway, keeper, broker }).flatMap(([name, { state }]) =>
      state === 'running' ? [] : [`its ${name} is ${state}`],
    ),
  ];
  return checkThat(`cluster ${parity}`, faults.length === 0, faults.join(', '));
}

function runs(name: string, { state }: WorkloadStatus): Check {
  return checkThat(name, state === 'running', `it is ${state}`);
}

/** What one process makes for both clusters can differ where an engine was given by URL, or a cluster was split. */
function alikeCheck({ clusters, release }: PairStatus, running: RunningReleases): Check {
  const definitions = parities.map(parity => {
    const { gateway, broker } = clusters[parity];
    const own = running[parity].find(workload => workload.release === release);
    const processes = own?.processes.map(({ services }) => services.join('+')).sort();
    return `gateway ${gateway.version}, broker ${broker.version}, release ${release} as ${processes?.join(' and ')}`;
  });
  const [one = '', other = ''] = definitions;
  const [first, second] = parities;
  return checkThat('clusters alike', one === other, `${first} has ${one}; ${second} has ${other}`);
}
