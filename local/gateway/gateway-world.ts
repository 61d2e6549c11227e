import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { serviceNames } from '../../domain/catalogue.ts';
import { parities, peerOf, perParity, perParityAsync, type Parity } from '../../domain/parity.ts';
import { parityOfRelease, parseRelease, type Release } from '../../domain/release.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import { systemClock, systemRandom, type Clock } from '../../services/kit/ports.ts';
import { installEnvoy, type Envoy } from '../engines/install-envoy.ts';
import { choosePorts } from '../engines/ports.ts';
import { keepTokenSigningKey, readTokenSigningKey, type TokenSigningKey } from '../keys/token-signing-key.ts';
import { statePaths, type StatePaths } from '../state/state-paths.ts';
import { identityOf, keepGatewayKeys } from './gateway-keys.ts';
import { catalogueRoutes, laptopLimits, type GatewayLimits } from './gateway-view.ts';
import type { Routing } from '../../domain/routing.ts';
import type { Rendered } from '../../release/keeper/render.ts';
import { startGateway, type Gateway } from './gateway.ts';

/** A request as a service got it; its body may still be on the way. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Services of a release in a cluster that can be killed and frozen. */
export interface Stub {
  readonly cluster: Parity;
  readonly release: Release;
  readonly port: number;
  /** Every request that was no probe, in the order in which they came. */
  readonly seen: readonly SeenRequest[];
  /** Resolves with the next request that comes. */
  nextRequest(): Promise<SeenRequest>;
  start(): Promise<void>;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

/** For tests: two real gateways with certificates of their own, before stub services. */
export interface GatewayWorld {
  readonly gateways: Readonly<Record<Parity, Gateway>>;
  readonly urls: Readonly<Record<Parity, string>>;
  /** Where each one's peer comes in. */
  readonly peerPorts: Readonly<Record<Parity, number>>;
  readonly paths: StatePaths;
  readonly signing: TokenSigningKey;
  stub(cluster: Parity, release: string): Stub;
  /** Has both gateways route differently, as a newer record says. */
  route(change: Partial<Routing>): Promise<Routing>;
  routing(): Routing;
}

/** How a world may differ: what runs where, what gateways let through, and what lies between them. */
export interface GatewayWorldOptions {
  /** @default release 1 in both clusters, release 2 beside it on even */
  readonly runs?: Readonly<Record<Parity, readonly string[]>>;
  readonly limits?: Partial<GatewayLimits>;
  /** Gives the port under which `to`'s gateway is reached by its peer, when that is not its own. */
  readonly linkTo?: (to: Parity, port: number) => Promise<number>;
  /** Gives the Envoy that is run; what it needs may lie in the folder. */
  readonly envoy?: (installed: Envoy, folder: string) => Promise<Envoy>;
  readonly clock?: Clock;
}

const firstRelease = parseRelease('1');
const candidate = parseRelease('2');

/** The routing that a world begins with: release 1 live on odd, release 2 the candidate for nobody. */
export const firstRouting: Routing = {
  live: { parity: parityOfRelease(firstRelease), release: firstRelease },
  candidate,
  threshold: 0,
  cohorts: ['beta'],
};

const firstRendered: Rendered = { recordVersion: 1, lapsed: false, routing: firstRouting };

/** Opens a world; everything of it ends with the test. Resolves when both gateways see all that runs, here and there. */
export async function openGatewayWorld(
  owner: Pick<TestContext, 'after'>,
  options: GatewayWorldOptions = {},
): Promise<GatewayWorld> {
  const root = await mkdtemp(join(tmpdir(), 'parity-gateways-'));
  const test = endingBackwards(owner);
  test.after(() => rm(root, { recursive: true }));
  const paths = statePaths(root);
  await mkdir(paths.keys.folder, { recursive: true });
  await keepTokenSigningKey(paths.keys, systemClock);
  const runs = options.runs ?? { odd: ['1'], even: ['1', '2'] };
  const stubs = await startStubs(test, runs);
  const gateways = await startGateways(test, { paths, stubs, options });
  let rendered = firstRendered;
  const route = async (change: Partial<Routing>) => {
    const routing = { ...rendered.routing, ...change };
    rendered = { ...rendered, recordVersion: rendered.recordVersion + 1, routing };
    await Promise.all(parities.map(parity => gateways[parity].gateway.applyRecord(rendered)));
    return routing;
  };
  return {
    gateways: perParity(parity => gateways[parity].gateway),
    urls: perParity(parity => `http://127.0.0.1:${gateways[parity].port}`),
    peerPorts: perParity(parity => gateways[parity].peerPort),
    paths,
    signing: await readTokenSigningKey(paths.keys),
    stub: (cluster, release) => {
      const found = stubs.find(stub => stub.cluster === cluster && stub.release === release);
      if (found === undefined) throw new TypeError(`no release ${release} runs in ${cluster}`);
      return found;
    },
    route,
    routing: () => rendered.routing,
  };
}

/** Whoever ends what a world opened. */
interface Owner {
  after(end: () => unknown): void;
}

/** Hooks of a test run in the order of their making, and end with the first that fails: here the last comes first. */
function endingBackwards(owner: Pick<TestContext, 'after'>): Owner {
  const ends: (() => unknown)[] = [];
  owner.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return { after: end => void ends.push(end) };
}

async function startStubs(test: Owner, runs: Readonly<Record<Parity, readonly string[]>>): Promise<Stub[]> {
  const wanted = parities.flatMap(cluster => runs[cluster].map(text => ({ cluster, text })));
  const ports = await choosePorts(
    'stubs',
    wanted.map(({ cluster, text }) => `${cluster}/${text}`),
  );
  const stubs = wanted.map(({ cluster, text }) =>
    stubOf(test, { cluster, release: parseRelease(text), port: ports[`${cluster}/${text}`] ?? 0 }),
  );
  await Promise.all(stubs.map(stub => stub.start()));
  return stubs;
}

function stubOf(test: Owner, at: Pick<Stub, 'cluster' | 'release' | 'port'>): Stub {
  let child: ChildProcess | undefined;
  test.after(() => child?.kill('SIGKILL'));
  const program = join(import.meta.dirname, 'stub-services.ts');
  const seen: SeenRequest[] = [];
  const came = new EventEmitter();
  const takeRequests = (output: Readable) => {
    createInterface(output).on('line', line => {
      if (!line.startsWith('{')) return;
      const request = JSON.parse(line) as SeenRequest;
      seen.push(request);
      came.emit('request', request);
    });
  };
  return {
    ...at,
    seen,
    nextRequest: async () => (await once(came, 'request'))[0] as SeenRequest,
    start: async () => {
      const args = [program, String(at.port), `${at.cluster}/${at.release}`];
      const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      child = started;
      await once(started.stdout, 'data');
      takeRequests(started.stdout);
    },
    signal: signal => child?.kill(signal),
  };
}

interface StartedGateway {
  readonly gateway: Gateway;
  readonly port: number;
  readonly peerPort: number;
}

async function startGateways(
  test: Owner,
  { paths, stubs, options }: { paths: StatePaths; stubs: readonly Stub[]; options: GatewayWorldOptions },
): Promise<Record<Parity, StartedGateway>> {
  const machine = { env: process.env, progress: (line: string) => process.stderr.write(`${line}\n`) };
  const minting = { clock: systemClock, random: systemRandom };
  const clock = options.clock ?? systemClock;
  const [installed, keys, keySet, ports] = await Promise.all([
    installEnvoy(machine),
    keepGatewayKeys(paths.keys.gateways, minting),
    readFile(paths.keys.tokenVerifying, 'utf8'),
    choosePorts('gateways', ['ingress-odd', 'ingress-even', 'peer-odd', 'peer-even']),
  ]);
  const envoy = (await options.envoy?.(installed, paths.root)) ?? installed;
  const start = async (parity: Parity) => {
    const peer = peerOf(parity);
    const peerPort = (await options.linkTo?.(peer, ports[`peer-${peer}`])) ?? ports[`peer-${peer}`];
    const port = ports[`ingress-${parity}`];
    const gateway = await startGateway({
      parity,
      folder: paths.gateways[parity],
      ports: { ingress: port, peer: ports[`peer-${parity}`] },
      peerPort,
      limits: { ...laptopLimits, bodyBytes: 4 * 1024 ** 3, ...options.limits },
      rendered: firstRendered,
      releasesOf: ({ live, candidate }) =>
        [live.release, candidate].flatMap(release => (release ? [viewOf(parity, release, stubs)] : [])),
      trust: { issuer: defaultTokenIssuer, keySet },
      identity: identityOf(parity, keys),
      envoy,
      machine,
      clock,
    });
    test.after(() => gateway.workload.stop());
    return { gateway, port, peerPort: ports[`peer-${parity}`] };
  };
  const started = await perParityAsync(start);
  await Promise.all(parities.map(parity => untilSeen(started[parity].gateway, { parity, stubs })));
  return started;
}

/** Resolves when a gateway sees every stub where it is, the peer's too. */
async function untilSeen(
  gateway: Gateway,
  { parity, stubs }: { parity: Parity; stubs: readonly Stub[] },
): Promise<void> {
  await gateway.workload.started();
  for (const { cluster, release } of stubs) {
    const at = cluster === parity ? 'here' : 'peer';
    while (!(await gateway.sees(release))[at]) await systemClock.delay(20);
  }
}

function viewOf(parity: Parity, release: Release, stubs: readonly Stub[]) {
  const stub = stubs.find(known => known.cluster === parity && known.release === release);
  const ports = stub ? Object.fromEntries(serviceNames.map(name => [name, stub.port])) : {};
  return { release, routes: catalogueRoutes, ports };
}
