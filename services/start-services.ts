import type { ServiceName } from '../domain/catalogue.ts';
import { faultyMakers } from './demonstration/faulty-makers.ts';
import type { Config } from './kit/config.ts';
import type { ServiceHandlers } from './kit/http/exchange.ts';
import { httpServer } from './kit/http/http-server.ts';
import { requestMetrics } from './kit/http/request-metrics.ts';
import type { Kit, Makers, Service } from './kit/kit.ts';
import { metricsProbe } from './kit/metrics.ts';
import { shutDown, type ShutdownReport } from './kit/shutdown.ts';
import { createTokenVerifier } from './kit/token-verifier.ts';
import { notificationService } from './notification/service.ts';
import { openKit, type OpenKit } from './open-kit.ts';
import { processHealth } from './process-health.ts';
import { processorService } from './processor/service.ts';
import { storageService } from './storage/service.ts';

/** Below the grace that supervisors and Kubernetes give before they kill (30 s). */
const shutdownWithinMs = 25_000;
const drainWithinMs = 15_000;

const makers = {
  processor: processorService,
  storage: storageService,
  notification: notificationService,
} as const satisfies Makers;

/** A process of services that serves. */
export interface RunningServices {
  readonly port: number;
  /** Stops taking requests and messages, ends what is under way, closes everything. */
  stop(): Promise<ShutdownReport>;
}

/** Starts the configured services in this process: one on its own in a cluster, all of them on a laptop. */
export async function startServices(config: Config): Promise<RunningServices> {
  const kit = await openKit(config);
  const verifier = await createTokenVerifier({ ...kit, ...config.tokens });
  const services = await makeServices(kit, makersFor(kit));
  const health = processHealth(kit);
  const server = httpServer({
    identity: config,
    clock: kit.clock,
    random: kit.random,
    log: kit.log,
    observe: requestMetrics(kit.metrics, config.services),
    services: handlersOf(services),
    probes: { ...health, metrics: metricsProbe(kit.metrics) },
    verifier,
  });
  const port = await server.listen(config.listen);
  for (const service of services.values()) service.start();
  kit.log.info({ port, services: config.services }, 'serving');
  const steps = [
    { name: 'readiness', run: () => health.startDraining() },
    { name: 'http', run: () => server.drain(drainWithinMs) },
    { name: 'broker', run: () => kit.broker?.close() },
    { name: 'services', run: () => Promise.all([...services.values()].map(service => service.stop())) },
    { name: 'keeper', run: () => kit.keeper?.close() },
    { name: 'database', run: () => kit.database?.close() },
  ];
  return {
    port,
    stop: () => shutDown(steps, { clock: kit.clock, log: kit.log, withinMs: shutdownWithinMs }),
  };
}

type Services = ReadonlyMap<ServiceName, Service<unknown>>;

/** A release on a laptop may be told to demonstrate faults; every other one is what its code says. */
function makersFor({ config: { faults }, log }: OpenKit): Makers {
  if (faults === undefined) return makers;
  log.warn({ faults }, 'this release demonstrates faults');
  return faultyMakers(faults);
}

async function makeServices(kit: OpenKit, makers: Makers): Promise<Services> {
  const made = new Map<ServiceName, Service<unknown>>();
  // All that these services use was opened; that each maker asks for no more than that, its own type says.
  for (const name of kit.config.services) made.set(name, await makers[name](kit as Kit<ServiceName>));
  return made;
}

/** Each maker gives its own service's handlers; a map cannot say so. */
function handlersOf(services: Services): ServiceHandlers {
  return Object.fromEntries([...services].map(([name, { handlers }]) => [name, handlers])) as ServiceHandlers;
}
