import type { DependencyOf, ServiceName } from '../../domain/catalogue.ts';
import type { Broker } from './broker/broker.ts';
import type { Config, Places } from './config.ts';
import type { ReachCrashPoint } from './crash-points.ts';
import type { Database } from './database/database.ts';
import type { FileSystem } from './file-system.ts';
import type { Handlers } from './http/exchange.ts';
import type { Links } from './link.ts';
import type { Log } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Clock, Random } from './ports.ts';
import type { ReleaseRoles } from './release-roles.ts';
import type { Spool } from './spool/spool.ts';

/** What every service is given of the world. */
export interface CommonKit {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly reach: ReachCrashPoint;
}

/** What each dependency is when it is open; of vault and push only where they are, for their one service opens them. */
export interface Opened {
  readonly spool: Spool;
  readonly vault: Places['vault'] & { readonly files: FileSystem };
  readonly broker: Broker;
  readonly database: Database;
  readonly links: Links;
  readonly push: Places['push'];
  readonly keeper: ReleaseRoles;
}

/** Everything that service `S` is given: what all have, and what the catalogue says it uses. */
export type Kit<S extends ServiceName> = CommonKit & Pick<Opened, DependencyOf<S>>;

/** Makes each service of what it is given. */
export type Makers = {
  readonly [S in ServiceName]: (kit: Kit<S>) => Service<Handlers<S>> | Promise<Service<Handlers<S>>>;
};

/** A service as a process runs it; `H` are its handlers. */
export interface Service<H> {
  readonly handlers: H;
  /** Begins to work on messages and in the background. */
  start(): void;
  /** Ends what `start` began, once the broker hands out nothing any more. */
  stop(): Promise<void>;
}
