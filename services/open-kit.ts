import type { Dependency } from '../domain/dependencies.ts';
import { perParity } from '../domain/parity.ts';
import { fileAlarms } from './kit/file-alarms.ts';
import { boundedFiles } from './kit/bounded-files.ts';
import { brokerMetrics } from './kit/broker/broker-metrics.ts';
import { connectBroker } from './kit/broker/rabbitmq-broker.ts';
import type { Config } from './kit/config.ts';
import { crashAtFile, noCrash } from './kit/crash-points.ts';
import { connectDatabase } from './kit/database/mongo-database.ts';
import { nodeFileSystem } from './kit/file-system.ts';
import type { CommonKit, Opened } from './kit/kit.ts';
import { createLinks } from './kit/link.ts';
import { createLogger } from './kit/logger.ts';
import { createMetrics } from './kit/metrics.ts';
import { systemClock, systemRandom } from './kit/ports.ts';
import { pollReleaseRoles, type KeeperRoles } from './kit/release-roles.ts';
import { openSpool } from './kit/spool/spool.ts';

/** A process's kit: what no service of it uses is not open. */
export type OpenKit = CommonKit & Partial<Omit<Opened, 'keeper'> & { readonly keeper: KeeperRoles }>;

/** Opens what the configured services use (domain/catalogue.ts), and nothing else. */
export async function openKit(config: Config): Promise<OpenKit> {
  const common = commonKit(config);
  const { cluster, release, uses } = config;
  const { spool, vault, broker, database, links, push, keeper } = uses;
  // One for each place: where one hangs the other goes on.
  const alarmed = fileAlarms(common);
  const filesOf = () => alarmed(boundedFiles(nodeFileSystem(), common.clock));
  return {
    ...common,
    push,
    spool: spool && (await openSpool({ ...common, ...spool, files: filesOf() })),
    vault: vault && { ...vault, files: filesOf() },
    broker:
      broker &&
      (await connectBroker({
        ...common,
        ...{ cluster, release, observer: brokerMetrics(common) },
        urls: perParity(parity => broker.urls[parity].reveal()),
      })),
    database: database && connectDatabase({ ...common, url: database.url.reveal(), name: 'parity' }),
    links: links && (await createLinks({ ...common, ...links })),
    keeper: keeper && pollReleaseRoles({ ...common, release, keeperUrl: keeper.url }),
  } satisfies CommonKit & Record<Dependency, unknown>;
}

function commonKit(config: Config): CommonKit {
  const { cluster, release, services, crashFile } = config;
  const service = services.length === 1 ? services.join() : 'services';
  const clock = systemClock;
  const log = createLogger({ cluster, release, service });
  const metrics = createMetrics({ cluster, release, clock });
  return {
    ...{ config, clock, log, metrics },
    random: systemRandom,
    reach: crashFile === undefined ? noCrash : crashAtFile(crashFile),
  };
}
