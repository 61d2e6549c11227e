import { parities, type Parity } from './parity.ts';

/** The variable that says where a cluster's broker is: `PARITY_BROKER_ODD_URL`. */
export type BrokerVariable = `PARITY_BROKER_${Uppercase<Parity>}_URL`;

/** The variable of a cluster's broker. */
export function brokerVariable(parity: Parity): BrokerVariable {
  return `PARITY_BROKER_${parity.toUpperCase() as Uppercase<Parity>}_URL`;
}

/**
 * What services work with besides messages, and the variables by which a process is told where it is. Both brokers are
 * one: every service publishes to either and adopts from the other. `spool` and `vault` are mounts, `links` is a file;
 * to the others connections are opened.
 */
export const dependencies = {
  spool: ['PARITY_SPOOL'],
  vault: ['PARITY_VAULT', 'PARITY_MASTER_KEY'],
  broker: parities.map(brokerVariable),
  database: ['PARITY_MONGODB_URL'],
  links: ['PARITY_LINK_KEYS'],
  push: ['PARITY_FCM_URL', 'PARITY_FCM_CREDENTIALS'],
  keeper: ['PARITY_KEEPER_URL'],
} as const satisfies Record<string, readonly string[]>;

/** Something that services work with. */
export type Dependency = keyof typeof dependencies;

/** All of them, in the order in which everything that lists them lists them. */
export const dependencyNames = Object.keys(dependencies) as Dependency[];
