import type { Broker } from './broker/broker.ts';
import type { Config } from './config.ts';
import type { ReachCrashPoint } from './crash-points.ts';
import type { Database } from './database/database.ts';
import type { FileSystem } from './file-system.ts';
import type { Links } from './link.ts';
import type { Log } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Clock, Random } from './ports.ts';
import type { ReleaseRoles } from './release-roles.ts';
import type { Spool } from './spool/spool.ts';

/** Everything of the world that a service is given. */
export interface Kit {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly files: FileSystem;
  readonly spool: Spool;
  readonly broker: Broker;
  readonly database: Database;
  readonly links: Links;
  readonly roles: ReleaseRoles;
  readonly reach: ReachCrashPoint;
}

/** A service as a process runs it; `H` are its handlers. */
export interface Service<H> {
  readonly handlers: H;
  /** Begins to work on messages and in the background. */
  start(): void;
  /** Ends what `start` began, once the broker hands out nothing any more. */
  stop(): Promise<void>;
}
