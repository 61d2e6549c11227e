import { ParityError } from '../domain/errors.ts';
import { peerOf } from '../domain/parity.ts';
import { createHealth, type Checks, type Health } from './kit/health.ts';
import type { OpenKit } from './open-kit.ts';

/** The probes of a process: a check for everything that its services use and that can be asked. */
export function processHealth(kit: OpenKit): Health {
  const { config, clock, log } = kit;
  return createHealth({ identity: config, services: config.services, checks: checksOf(kit), clock, log });
}

function checksOf({ config, spool, vault, broker, database, keeper }: OpenKit): Checks {
  return {
    spool: spool && (() => spool.probe()),
    vault: vault && (() => vault.files.list(vault.folder).then(() => {})),
    broker:
      broker &&
      (async () => must(Object.values(broker.health()).some(Boolean), 'neither broker takes messages')),
    'peer-broker':
      broker &&
      (async () => must(broker.health()[peerOf(config.cluster)], "the peer's broker takes no messages")),
    database: database && (async () => must(await database.health(), 'the database does not answer')),
    keeper: keeper && (async () => must(keeper.roleOf() !== undefined, 'the keeper is silent')),
  };
}

function must(holds: boolean, failure: string): void {
  if (!holds) throw new ParityError('overloaded', failure);
}
