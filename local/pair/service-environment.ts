import { brokerVariable } from '../../domain/dependencies.ts';
import { ParityError } from '../../domain/errors.ts';
import { parities, type Parity } from '../../domain/parity.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import type { ProcessPlace } from './launch-release.ts';
import { faultVariable, type PreparedRelease } from '../releases/release-registry.ts';
import type { StatePaths } from '../state/state-paths.ts';

/** What the services of a cluster must be told. */
export interface ServiceSurroundings {
  readonly prepared: Pick<PreparedRelease, 'release' | 'fault' | 'contract'>;
  readonly paths: Pick<StatePaths, 'keys' | 'spool' | 'vault'>;
  readonly place: ProcessPlace;
  readonly publicUrl: string;
  readonly brokerUrls: Record<Parity, string>;
  readonly databaseUrl: string;
  readonly fcmUrl: string;
  readonly keeperUrl: string;
  /** The environment of `npm start`, of which the settings below are handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The environment of a process of services in `cluster`: the contract of its release, and nothing else.
 * @throws ParityError `release_unfit` when that wants what this pair does not have
 */
export function serviceEnvironment(cluster: Parity, around: ServiceSurroundings): Record<string, string> {
  const { release, contract } = around.prepared;
  const { required, optional } = contract.environmentOf(around.place.services);
  const told = { ...around.env, ...places(cluster, around) };
  const missing = required.filter(name => told[name] === undefined);
  if (missing.length > 0) {
    const message = `Release ${release} wants ${missing.join(', ')}, of which this pair knows nothing: set it for npm start.`;
    throw new ParityError('release_unfit', message);
  }
  const given = [...required, ...optional].map(name => [name, told[name]] as const);
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function places(cluster: Parity, around: ServiceSurroundings): Record<string, string | undefined> {
  const { paths, brokerUrls, place, prepared } = around;
  return {
    PARITY_CLUSTER: cluster,
    PARITY_RELEASE: prepared.release,
    PARITY_SERVICES: place.services.join(','),
    PARITY_LISTEN: `127.0.0.1:${place.port}`,
    PARITY_PUBLIC_URL: around.publicUrl,
    PARITY_SPOOL: paths.spool,
    PARITY_VAULT: paths.vault,
    PARITY_MONGODB_URL: around.databaseUrl,
    PARITY_TOKEN_ISSUER: defaultTokenIssuer,
    PARITY_TOKEN_KEYS: paths.keys.tokenVerifying,
    PARITY_LINK_KEYS: paths.keys.links,
    PARITY_MASTER_KEY: paths.keys.master,
    PARITY_FCM_URL: around.fcmUrl,
    PARITY_FCM_CREDENTIALS: paths.keys.fcmAccount,
    PARITY_KEEPER_URL: around.keeperUrl,
    [faultVariable]: prepared.fault,
    ...Object.fromEntries(parities.map(parity => [brokerVariable(parity), brokerUrls[parity]])),
  };
}
