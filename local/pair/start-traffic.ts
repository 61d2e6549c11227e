import { parities, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { renderAt } from '../../release/keeper/render.ts';
import type { Envoy } from '../engines/install-envoy.ts';
import { rotation, type Rotate } from '../gateway/rotate.ts';
import type { Closing } from './closing.ts';
import { isServed } from './is-served.ts';
import { launchGateways, type PairGateways } from './launch-gateways.ts';
import { untilReleaseReady } from './launch-release.ts';
import type { PairOptions } from './pair-options.ts';
import { pairServices, type PairServices } from './pair-services.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { serviceLaunching } from './service-launching.ts';
import type { Surroundings } from './start-surroundings.ts';
import { tellEnd } from './tell-end.ts';

const pollMs = 20;

const renewEveryMs = 7 * 24 * 60 * 60 * 1000;

/** What takes requests in both clusters. */
export interface Traffic {
  readonly services: PairServices;
  readonly gateways: PairGateways;
  readonly rotate: Rotate;
}

/** Starts services and gateways; resolves when both clusters serve, and each would serve for the other. */
export async function startTraffic(
  options: PairOptions,
  prepared: PreparedPair,
  around: Surroundings & { readonly closing: Closing },
): Promise<Traffic> {
  const { closing } = around;
  const { record } = prepared;
  const live = record.current().live.release;
  const optionsFor = await serviceLaunching(options, prepared, around);
  const soon: { gateways?: PairGateways['gateways'] } = {};
  const services = pairServices({
    optionsFor,
    onChange: async cluster => await soon.gateways?.[cluster].applyReleases(),
    isServed: async at => soon.gateways === undefined || (await isServed(soon.gateways, at)),
  });
  await closing.opened(() => services.stopAll());
  await Promise.all(
    parities.flatMap(cluster =>
      record.current().runs[cluster].map(release => services.run({ cluster, release })),
    ),
  );
  const gateways = await startGateways(options, prepared, { services, envoy: around.envoy });
  await closing.opened(() => stopAll(gateways));
  soon.gateways = gateways.gateways;
  const rotate = rotation(options.paths.keys, gateways.gateways, options);
  void renewNowAndThen(rotate, { ...options, stop: closing.begun });
  const waiting = { clock: options.clock, stop: closing.begun };
  for (const launched of parities.flatMap(parity => services.of(parity))) {
    if (launched.release !== live) continue;
    await untilReleaseReady(launched, { log: options.paths.logs[launched.cluster], ...waiting });
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

async function startGateways(
  options: PairOptions,
  { record, registry, settings }: PreparedPair,
  { services, envoy }: { services: PairServices; envoy: Envoy },
): Promise<PairGateways> {
  const { paths, ports, env, clock, random, tell } = options;
  return await launchGateways({
    paths,
    ingressPorts: ports.gateways,
    rendered: renderAt(record.current(), clock.now(), undefined),
    launched: parity => services.of(parity),
    routesOf: release => registry.find(release)?.contract.routes,
    maxDocumentBytes: settings.maxDocumentBytes,
    envoy,
    machine: { env, progress: tell },
    clock,
    random,
    onChange: (parity, status) => tellEnd(`gateway of ${parity}`, status, tell),
  });
}

async function stopAll({ gateways, links }: PairGateways): Promise<void> {
  await Promise.all(parities.map(parity => gateways[parity].workload.stop()));
  await links.close();
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
