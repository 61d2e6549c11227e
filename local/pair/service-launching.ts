import { perParityAsync } from '../../domain/parity.ts';
import { findProgram } from '../engines/programs.ts';
import type { LaunchOptions } from './launch-release.ts';
import type { ReleasePlace } from './pair-services.ts';
import type { PairOptions } from './pair-options.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { Surroundings } from './start-surroundings.ts';
import { tellEnd } from './tell-end.ts';

/** What a release is started with in this pair. @throws ParityError `release_unknown` */
export type ServiceLaunching = (at: ReleasePlace) => LaunchOptions;

/** Resolves when brokers and database answer: what services are told of them stays the same from then on. */
export async function serviceLaunching(
  { split, paths, env, clock, tell }: PairOptions,
  { addresses, registry }: PreparedPair,
  { engines: { brokers, database }, fcmUrl, keepers }: Surroundings,
): Promise<ServiceLaunching> {
  const [setpriv, brokerUrls, { url: databaseUrl }] = await Promise.all([
    findProgram({ env }, 'setpriv'),
    perParityAsync(async parity => (await brokers[parity].started()).url),
    database.started(),
  ]);
  const same = { paths, env, publicUrl: addresses.url, brokerUrls, databaseUrl, fcmUrl };
  return ({ cluster, release }) => {
    const prepared = registry.prepared(release);
    const keeperUrl = keepers[cluster].url;
    return {
      cluster,
      prepared,
      split,
      environment: place => serviceEnvironment(cluster, { ...same, keeperUrl, prepared, place }),
      log: paths.logs[cluster],
      setpriv,
      clock,
      onChange: status => tellEnd(`release ${release} on ${cluster}`, status, tell),
    };
  };
}
