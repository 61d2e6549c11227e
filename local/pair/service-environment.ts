import { brokerVariable } from '../../domain/dependencies.ts';
import { environmentOf, type Variable } from '../../domain/environment.ts';
import { parities, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import type { ProcessPlace } from './launch-release.ts';
import type { StatePaths } from '../state/state-paths.ts';

/** What the services of a cluster must be told. */
export interface ServiceSurroundings {
  readonly release: Release;
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

/** The environment of a process of services in `cluster`: its contract, and nothing else. */
export function serviceEnvironment(cluster: Parity, around: ServiceSurroundings): Record<string, string> {
  const { required, optional } = environmentOf(around.place.services);
  const told: Partial<Record<Variable, string>> = { ...around.env, ...places(cluster, around) };
  const given = [...required, ...optional].map(name => [name, told[name]] as const);
  return Object.fromEntries(given.filter((entry): entry is [Variable, string] => entry[1] !== undefined));
}

function places(cluster: Parity, around: ServiceSurroundings): Partial<Record<Variable, string>> {
  const { paths, brokerUrls, place } = around;
  return {
    PARITY_CLUSTER: cluster,
    PARITY_RELEASE: around.release,
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
    ...Object.fromEntries(parities.map(parity => [brokerVariable(parity), brokerUrls[parity]])),
  };
}
