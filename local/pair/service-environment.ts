import { serviceNames } from '../../domain/catalogue.ts';
import { settings } from '../../domain/environment.ts';
import { parities, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { StatePaths } from '../state/state-paths.ts';

/** What the services of a cluster must be told. */
export interface ServiceSurroundings {
  readonly release: Release;
  readonly paths: Pick<StatePaths, 'keys' | 'spool' | 'vault'>;
  readonly gatewayPort: number;
  readonly publicUrl: string;
  readonly brokerUrls: Record<Parity, string>;
  readonly databaseUrl: string;
  readonly fcmUrl: string;
  readonly keeperUrl: string;
  /** The environment of `npm start`, of which the settings below are handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What whoever starts Parity may set for its services (services/kit/config.ts says what each does). */
const handedOn = [...serviceNames.flatMap(name => settings[name]), 'PARITY_CRASH_FILE'] as const;

/** The whole environment of the process that runs all services of `cluster`. */
export function serviceEnvironment(cluster: Parity, around: ServiceSurroundings): Record<string, string> {
  const { paths, brokerUrls, env } = around;
  const brokers = parities.map(parity => [`PARITY_BROKER_${parity.toUpperCase()}_URL`, brokerUrls[parity]]);
  const given = handedOn.map(name => [name, env[name]]).filter(([, value]) => value !== undefined);
  return {
    PARITY_CLUSTER: cluster,
    PARITY_RELEASE: around.release,
    PARITY_SERVICES: serviceNames.join(','),
    PARITY_LISTEN: `127.0.0.1:${around.gatewayPort}`,
    PARITY_PUBLIC_URL: around.publicUrl,
    PARITY_SPOOL: paths.spool,
    PARITY_VAULT: paths.vault,
    PARITY_MONGODB_URL: around.databaseUrl,
    PARITY_TOKEN_KEYS: paths.keys.tokenVerifying,
    PARITY_LINK_KEYS: paths.keys.links,
    PARITY_MASTER_KEY: paths.keys.master,
    PARITY_FCM_URL: around.fcmUrl,
    PARITY_FCM_CREDENTIALS: paths.keys.fcmAccount,
    PARITY_KEEPER_URL: around.keeperUrl,
    ...(Object.fromEntries([...brokers, ...given]) as Record<string, string>),
  };
}
