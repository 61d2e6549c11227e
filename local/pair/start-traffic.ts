import { parities, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { readConfig } from '../../services/kit/config.ts';
import { findProgram } from '../engines/programs.ts';
import { rotation, type Rotate } from '../gateway/rotate.ts';
import type { WorkloadStatus } from '../supervisor/workload.ts';
import type { Closing } from './closing.ts';
import { followRecord } from './follow-record.ts';
import { launchGateways, type PairGateways } from './launch-gateways.ts';
import { untilReleaseReady, type LaunchOptions, type ProcessPlace } from './launch-release.ts';
import type { PairOptions } from './pair-options.ts';
import { pairServices, type PairServices } from './pair-services.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { Surroundings } from './start-surroundings.ts';

const pollMs = 20;

const renewEveryMs = 7 * 24 * 60 * 60 * 1000;

/** What takes requests in both clusters. */
export interface Traffic {
  readonly services: PairServices;
  readonly gateways: PairGateways;
  readonly rotate: Rotate;
}

/** Starts services and gateways, and has the gateways follow the record; resolves when both clusters serve, and
 * each would serve for the other. */
export async function startTraffic(
  options: PairOptions,
  prepared: PreparedPair,
  around: Surroundings & { readonly closing: Closing },
): Promise<Traffic> {
  const { closing } = around;
  const { record } = prepared;
  const live = record.current().live.release;
  const environment = await environments(options, prepared, around);
  const services = pairServices(await launchOptions(options, environment));
  await closing.opened(() => services.stop());
  const launched = await Promise.all(parities.map(parity => services.launch(parity, live)));
  const gateways = await startGateways(options, prepared, { services, environment });
  await closing.opened(() => stopAll(gateways));
  const following = followRecord(() => record.current(), gateways.gateways, options);
  await closing.opened(() => following.close());
  const rotate = rotation(options.paths.keys, gateways.gateways, options);
  void renewNowAndThen(rotate, { ...options, stop: closing.begun });
  const waiting = { clock: options.clock, stop: closing.begun };
  for (const release of launched) {
    await untilReleaseReady(release, { log: options.paths.logs[release.cluster], ...waiting });
  }
  await Promise.all(parities.map(parity => untilServing(gateways, { parity, live, ...waiting })));
  return { services, gateways, rotate };
}

/** A pair may run for longer than its certificates are good for. */
async function renewNowAndThen(
  rotate: Rotate,
  { clock, tell, stop }: Pick<PairOptions, 'clock' | 'tell'> & { stop: AbortSignal },
): Promise<void> {
  while (!stop.aborted) {
    await clock.delay(renewEveryMs, stop).catch(() => {});
    if (!stop.aborted) await rotate('certificates').catch((error: unknown) => tell(String(error)));
  }
}

type Environment = (cluster: Parity, release: Release, place: ProcessPlace) => Record<string, string>;

async function environments(
  { paths, env }: PairOptions,
  { addresses }: PreparedPair,
  { engines: { brokers, database }, fcmUrl, keeperUrl }: Surroundings,
): Promise<Environment> {
  const [odd, even, { url: databaseUrl }] = await Promise.all([
    brokers.odd.started(),
    brokers.even.started(),
    database.started(),
  ]);
  const same = { paths, publicUrl: addresses.url, brokerUrls: { odd: odd.url, even: even.url }, databaseUrl };
  return (cluster, release, place) =>
    serviceEnvironment(cluster, { ...same, release, place, fcmUrl, keeperUrl, env });
}

async function launchOptions(
  { split, paths, env, process, clock, tell }: PairOptions,
  environment: Environment,
): Promise<(cluster: Parity, release: Release) => LaunchOptions> {
  const setpriv = await findProgram({ env }, 'setpriv');
  return (cluster, release) => ({
    cluster,
    release,
    split,
    environment: place => environment(cluster, release, place),
    node: process.node,
    log: paths.logs[cluster],
    setpriv,
    clock,
    onChange: status => tellEnd(`services of ${cluster}`, status, tell),
  });
}

async function startGateways(
  options: PairOptions,
  { record }: PreparedPair,
  { services, environment }: { services: PairServices; environment: Environment },
): Promise<PairGateways> {
  const { paths, ports, env, clock, random, tell } = options;
  const first = record.current();
  const anyPlace = { services: ['processor'], port: 0 } as const;
  const { maxDocumentBytes } = readConfig(environment(first.live.parity, first.live.release, anyPlace));
  const gateways = await launchGateways({
    paths,
    ingressPorts: ports.gateways,
    record: first,
    launched: parity => services.of(parity),
    maxDocumentBytes,
    machine: { env, progress: tell },
    clock,
    random,
    onChange: (parity, status) => tellEnd(`gateway of ${parity}`, status, tell),
  });
  tell(`Envoy ${gateways.version}`);
  return gateways;
}

async function stopAll({ gateways }: PairGateways): Promise<void> {
  await Promise.all(parities.map(parity => gateways[parity].workload.stop()));
}

function tellEnd(what: string, { state, lastEnd }: WorkloadStatus, tell: PairOptions['tell']): void {
  if (state === 'waiting') tell(`${lastEnd}; started again: ${what}`);
}

/** A gateway that does not yet see the peer's services would answer 503 where it should go there. */
async function untilServing(
  { gateways }: PairGateways,
  {
    parity,
    live,
    clock,
    stop,
  }: { parity: Parity; live: Release; clock: PairOptions['clock']; stop: AbortSignal },
): Promise<void> {
  await gateways[parity].workload.started();
  for (;;) {
    const { here, peer } = await gateways[parity].sees(live);
    if (here && peer) return;
    await clock.delay(pollMs, stop);
  }
}
