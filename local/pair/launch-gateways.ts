import { readFile } from 'node:fs/promises';
import { parities, peerOf, perParityAsync, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Routing } from '../../domain/routing.ts';
import type { Rendered } from '../../release/keeper/render.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { Machine } from '../engines/engine.ts';
import type { Envoy } from '../engines/install-envoy.ts';
import { choosePorts } from '../engines/ports.ts';
import { catalogueRoutes, laptopLimits, type OwnedRoute, type ReleaseView } from '../gateway/gateway-view.ts';
import { identityOf, keepGatewayKeys } from '../gateway/gateway-keys.ts';
import { startGateway, type Gateway } from '../gateway/gateway.ts';
import { openPeerLink, type PeerLink } from '../gateway/peer-link.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';
import type { LaunchedRelease } from './launch-release.ts';

/** Room for the services to refuse what is too large in their own words. */
const roomBytes = 1024 * 1024;

/** What gateways need. */
export interface GatewaySurroundings {
  readonly paths: StatePaths;
  readonly ingressPorts: Record<Parity, number>;
  /** How they route until they are told. */
  readonly rendered: Rendered;
  /** What runs in a cluster now. */
  readonly launched: (cluster: Parity) => readonly LaunchedRelease[];
  /** The routes that a release has; undefined for one that nobody registered. */
  readonly routesOf: (release: Release) => readonly OwnedRoute[] | undefined;
  readonly maxDocumentBytes: number;
  readonly envoy: Envoy;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly random: Random;
  readonly onChange: (parity: Parity, status: WorkloadStatus) => void;
}

/** Both gateways, and the version of Envoy that they are. */
export interface PairGateways {
  readonly gateways: Record<Parity, Gateway>;
  /** The ways from each to the other. */
  readonly links: PeerLinks;
  readonly version: string;
  readonly source: string;
}

/** The ways between the gateways: cut in both directions, and whole again. */
export interface PeerLinks {
  kill(): Promise<void>;
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both gateways. @throws ParityError `engine_failed`, `gateway_refused` */
export async function launchGateways(around: GatewaySurroundings): Promise<PairGateways> {
  const { paths, envoy, machine, clock, rendered } = around;
  const [keys, keySet, peerPorts] = await Promise.all([
    keepGatewayKeys(paths.keys.gateways, around),
    readFile(paths.keys.tokenVerifying, 'utf8'),
    choosePorts('the gateways', parities),
  ]);
  const links = await perParityAsync(parity => openPeerLink(peerPorts[parity]));
  const start = (parity: Parity) =>
    startGateway({
      parity,
      folder: paths.gateways[parity],
      ports: { ingress: around.ingressPorts[parity], peer: peerPorts[parity] },
      peerPort: links[peerOf(parity)].port,
      limits: { ...laptopLimits, bodyBytes: around.maxDocumentBytes + roomBytes },
      rendered,
      releasesOf: routing => releasesIn(routing, parity, around),
      trust: { issuer: defaultTokenIssuer, keySet },
      identity: identityOf(parity, keys),
      envoy,
      machine,
      clock,
      onChange: status => around.onChange(parity, status),
    });
  const gateways = await perParityAsync(start);
  return { gateways, links: bothOf(links), version: envoy.version, source: envoy.source };
}

function bothOf(links: Record<Parity, PeerLink>): PeerLinks {
  const both = Object.values(links);
  return {
    kill: async () => both.forEach(link => link.cut()),
    heal: async () => both.forEach(link => link.mend()),
    close: async () => void (await Promise.all(both.map(link => link.close()))),
  };
}

/**
 * Every release that a routing names, whether it runs here or not, and every other one that runs here: the peer's gateway
 * may still be sending users to it.
 */
function releasesIn(
  { live, candidate }: Routing,
  parity: Parity,
  { launched, routesOf }: Pick<GatewaySurroundings, 'launched' | 'routesOf'>,
): ReleaseView[] {
  const here = new Map(launched(parity).map(({ release, ports }) => [release, ports]));
  const named = [live.release, candidate].filter(release => release !== undefined);
  return [...new Set([...named, ...here.keys()])].map(release => ({
    release,
    routes: routesOf(release) ?? catalogueRoutes,
    ports: here.get(release) ?? {},
  }));
}
