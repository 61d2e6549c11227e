import { readFile } from 'node:fs/promises';
import { parities, peerOf, perParityAsync, type Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { Machine } from '../engines/engine.ts';
import { installEnvoy } from '../engines/install-envoy.ts';
import { choosePorts } from '../engines/ports.ts';
import { catalogueRoutes, laptopLimits, type ReleaseView } from '../gateway/gateway-view.ts';
import { identityOf, keepGatewayKeys } from '../gateway/gateway-keys.ts';
import { startGateway, type Gateway, type RoutedRecord } from '../gateway/gateway.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';
import type { LaunchedRelease } from './launch-release.ts';

/** Room for the services to refuse what is too large in their own words. */
const roomBytes = 1024 * 1024;

/** What gateways need. */
export interface GatewaySurroundings {
  readonly paths: StatePaths;
  readonly ingressPorts: Record<Parity, number>;
  readonly record: ReleaseRecord;
  /** What runs in a cluster now. */
  readonly launched: (cluster: Parity) => readonly LaunchedRelease[];
  readonly maxDocumentBytes: number;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly random: Random;
  readonly onChange: (parity: Parity, status: WorkloadStatus) => void;
}

/** Both gateways, and the version of Envoy that they are. */
export interface PairGateways {
  readonly gateways: Record<Parity, Gateway>;
  readonly version: string;
  readonly source: string;
}

/** Starts both gateways. @throws ParityError `engine_missing`, `engine_failed`, `gateway_refused` */
export async function launchGateways(around: GatewaySurroundings): Promise<PairGateways> {
  const { paths, machine, clock, record } = around;
  const [envoy, keys, keySet, peerPorts] = await Promise.all([
    installEnvoy(machine),
    keepGatewayKeys(paths.keys.gateways, around),
    readFile(paths.keys.tokenVerifying, 'utf8'),
    choosePorts('the gateways', parities),
  ]);
  const start = (parity: Parity) =>
    startGateway({
      parity,
      folder: paths.gateways[parity],
      ports: { ingress: around.ingressPorts[parity], peer: peerPorts[parity] },
      peerPort: peerPorts[peerOf(parity)],
      limits: { ...laptopLimits, bodyBytes: around.maxDocumentBytes + roomBytes },
      record,
      releasesOf: named => releasesIn(named, around.launched(parity)),
      trust: { issuer: defaultTokenIssuer, keySet },
      identity: identityOf(parity, keys),
      envoy,
      machine,
      clock,
      onChange: status => around.onChange(parity, status),
    });
  const gateways = await perParityAsync(start);
  return { gateways, version: envoy.version, source: envoy.source };
}

/** Every release that the record names, whether it runs here or not. */
function releasesIn(record: RoutedRecord, launched: readonly LaunchedRelease[]): ReleaseView[] {
  const named = [record.live.release, record.candidate].filter(release => release !== undefined);
  return named.map(release => {
    const here = launched.find(known => known.release === release);
    return { release, routes: catalogueRoutes, ports: here?.ports ?? {} };
  });
}
