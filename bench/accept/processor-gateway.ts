import { readFile } from 'node:fs/promises';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { routeClasses } from '../../domain/route-classes.ts';
import type { Machine } from '../../local/engines/engine.ts';
import { installEnvoy } from '../../local/engines/install-envoy.ts';
import { choosePorts } from '../../local/engines/ports.ts';
import { identityOf, keepGatewayKeys } from '../../local/gateway/gateway-keys.ts';
import { catalogueRoutes, laptopLimits } from '../../local/gateway/gateway-view.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import type { StatePaths } from '../../local/state/state-paths.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import type { RunningServer } from '../servers/start-server.ts';

/** Which processor, and where the gateway's files go. */
export interface GatewaySurroundings {
  readonly cluster: Parity;
  readonly release: Release;
  readonly paths: StatePaths;
  readonly processorPort: number;
  readonly machine: Machine;
}

const pollMs = 20;

/** A gateway that serves, and its version of Envoy. */
export type RunningGateway = RunningServer & { readonly version: string };

/** Starts a cluster's gateway before one processor, as the pair has it; its peer is away. */
export async function startProcessorGateway(around: GatewaySurroundings): Promise<RunningGateway> {
  const { cluster, release, paths, processorPort, machine } = around;
  const [envoy, keys, keySet, ports] = await Promise.all([
    installEnvoy(machine),
    keepGatewayKeys(paths.keys.gateways, { clock: systemClock, random: systemRandom }),
    readFile(paths.keys.tokenVerifying, 'utf8'),
    choosePorts('the gateway', ['ingress', 'peer', 'away']),
  ]);
  const routes = catalogueRoutes.filter(({ service }) => service === 'processor');
  const gateway = await startGateway({
    parity: cluster,
    folder: paths.gateways[cluster],
    ports,
    peerPort: ports.away,
    limits: { ...laptopLimits, bodyBytes: routeClasses.upload.bodyBytes },
    rendered: {
      recordVersion: 1,
      lapsed: false,
      routing: { live: { parity: cluster, release }, threshold: 0, cohorts: [] },
    },
    releasesOf: () => [{ release, routes, ports: { processor: processorPort } }],
    trust: { issuer: defaultTokenIssuer, keySet },
    identity: identityOf(cluster, keys),
    ...{ envoy, machine, clock: systemClock },
  });
  const { workload } = gateway;
  const life = await workload.started();
  while (!(await gateway.sees(release)).here) await systemClock.delay(pollMs);
  const { version } = envoy;
  return { port: ports.ingress, pid: life.pid, version, stop: () => workload.stop() };
}
