import { serviceNames } from '../../domain/catalogue.ts';
import { parities, perParity } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { readConfig, type Config } from '../../services/kit/config.ts';
import { ownContract } from '../releases/contract/release-contract.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { PairOptions } from './pair-options.ts';

/** What `npm start` can be told for its services: the part of a configuration that no place has a say in. */
export type Settings = Pick<Config, 'maxDocumentBytes' | 'linkSignIn' | 'sweepAfterMs' | 'orphanAfterMs'>;

/**
 * Reads what the environment of `npm start` sets for services, as they will themselves: a service that refuses its
 * configuration would be started again and again, and only its log would say why.
 * @throws ParityError `invalid_configuration` that names every fault by its variable
 */
export function readSettings({ env, paths }: Pick<PairOptions, 'env' | 'paths'>): Settings {
  const [cluster] = parities;
  // No place is known yet, and none is asked for.
  const unknownYet = 'http://127.0.0.1';
  const environment = serviceEnvironment(cluster, {
    prepared: { release: parseRelease('1'), fault: undefined, contract: ownContract },
    ...{ env, paths, place: { services: serviceNames, port: 0 } },
    ...{ publicUrl: unknownYet, fcmUrl: unknownYet, keeperUrl: unknownYet },
    brokerUrls: perParity(() => 'amqp://127.0.0.1'),
    databaseUrl: 'mongodb://127.0.0.1',
  });
  return readConfig(environment);
}
