import type { ServiceName } from '../domain/catalogue.ts';
import { ParityError } from '../domain/errors.ts';
import { peerOf, perParity } from '../domain/parity.ts';
import { connectBroker } from './kit/broker/rabbitmq-broker.ts';
import type { Config } from './kit/config.ts';
import { crashAtFile, noCrash } from './kit/crash-points.ts';
import { connectDatabase } from './kit/database/mongo-database.ts';
import { nodeFileSystem } from './kit/file-system.ts';
import { createHealth, type Check, type Health } from './kit/health.ts';
import type { ServiceHandlers } from './kit/http/exchange.ts';
import { httpServer } from './kit/http/http-server.ts';
import { requestMetrics } from './kit/http/request-metrics.ts';
import type { Kit, Service } from './kit/kit.ts';
import { createLinks } from './kit/link.ts';
import { createLogger } from './kit/logger.ts';
import { createMetrics, metricsProbe } from './kit/metrics.ts';
import { systemClock, systemRandom } from './kit/ports.ts';
import { pollReleaseRoles, type KeeperRoles } from './kit/release-roles.ts';
import { shutDown, type ShutdownReport } from './kit/shutdown.ts';
import { openSpool } from './kit/spool/spool.ts';
import { createTokenVerifier } from './kit/token-verifier.ts';
import { notificationService } from './notification/service.ts';
import { processorService } from './processor/service.ts';
import { storageService } from './storage/service.ts';

/** Below the grace that supervisors and Kubernetes give before they kill (30 s). */
const shutdownWithinMs = 25_000;
const drainWithinMs = 15_000;

const makers = {
  processor: processorService,
  storage: storageService,
  notification: notificationService,
} as const satisfies Record<ServiceName, (kit: Kit) => Service<unknown> | Promise<Service<unknown>>>;

type OpenKit = Kit & { readonly roles: KeeperRoles };

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
  const services = await makeServices(kit);
  const health = healthOf(kit);
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
    { name: 'broker', run: () => kit.broker.close() },
    { name: 'services', run: () => Promise.all([...services.values()].map(service => service.stop())) },
    { name: 'keeper', run: () => kit.roles.close() },
    { name: 'database', run: () => kit.database.close() },
  ];
  return {
    port,
    stop: () => shutDown(steps, { clock: kit.clock, log: kit.log, withinMs: shutdownWithinMs }),
  };
}

async function openKit(config: Config): Promise<OpenKit> {
  const { cluster, release, services } = config;
  const world = { clock: systemClock, random: systemRandom };
  const log = createLogger({
    cluster,
    release,
    service: services.length === 1 ? services.join() : 'services',
  });
  const files = nodeFileSystem();
  const urls = perParity(parity => config.brokerUrls[parity].reveal());
  return {
    ...world,
    config,
    log,
    files,
    metrics: createMetrics({ cluster, release, clock: world.clock }),
    spool: await openSpool({ folder: config.spoolFolder, files, random: world.random }),
    broker: await connectBroker({ ...world, cluster, release, urls, log }),
    database: connectDatabase({ ...world, url: config.databaseUrl.reveal(), name: 'parity' }),
    links: await createLinks({ ...world, keysFile: config.linkKeysFile, log }),
    roles: pollReleaseRoles({ ...world, keeperUrl: config.keeperUrl, release, log }),
    reach: config.crashFile === undefined ? noCrash : crashAtFile(config.crashFile),
  };
}

type Services = ReadonlyMap<ServiceName, Service<unknown>>;

async function makeServices(kit: Kit): Promise<Services> {
  const made = new Map<ServiceName, Service<unknown>>();
  for (const name of kit.config.services) made.set(name, await makers[name](kit));
  return made;
}

/** Each maker gives its own service's handlers; a map cannot say so. */
function handlersOf(services: Services): ServiceHandlers {
  return Object.fromEntries([...services].map(([name, { handlers }]) => [name, handlers])) as ServiceHandlers;
}

function healthOf(kit: Kit): Health {
  const { config, broker, database, spool } = kit;
  const must = (holds: boolean, failure: string) => {
    if (!holds) throw new ParityError('overloaded', failure);
  };
  const anyBroker: Check = async () =>
    must(Object.values(broker.health()).some(Boolean), 'neither broker takes messages');
  const checks = {
    spool: () => spool.probe(),
    broker: anyBroker,
    'peer-broker': async () =>
      must(broker.health()[peerOf(config.cluster)], "the peer's broker takes no messages"),
    database: async () => must(await database.health(), 'the database does not answer'),
    keeper: async () => must(kit.roles.roleOf() !== undefined, 'the keeper is silent'),
    vault: () => kit.files.list(config.vaultFolder).then(() => {}),
  };
  return createHealth({
    identity: config,
    services: config.services,
    checks,
    clock: kit.clock,
    log: kit.log,
  });
}
