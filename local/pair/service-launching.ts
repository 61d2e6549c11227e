import type { Parity } from '../../domain/parity.ts';
import { findProgram } from '../engines/programs.ts';
import type { PreparedRelease } from '../releases/release-registry.ts';
import type { LaunchOptions, ProcessPlace } from './launch-release.ts';
import type { ReleasePlace } from './pair-services.ts';
import type { PairOptions } from './pair-options.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { serviceEnvironment } from './service-environment.ts';
import type { Surroundings } from './start-surroundings.ts';
import { tellEnd } from './tell-end.ts';

/** How releases are started in this pair. */
export interface ServiceLaunching {
  /** What a release is started with. @throws ParityError `release_unknown` */
  readonly optionsFor: (at: ReleasePlace) => LaunchOptions;
  /** The environment of one process of it. @throws ParityError `release_unfit` */
  readonly environment: (
    cluster: Parity,
    prepared: PreparedRelease,
    place: ProcessPlace,
  ) => Record<string, string>;
}

/** Resolves when brokers and database answer: what services are told of them stays the same from then on. */
export async function serviceLaunching(
  { split, paths, env, clock, tell }: PairOptions,
  { addresses, registry }: PreparedPair,
  { engines: { brokers, database }, fcmUrl, keepers }: Surroundings,
): Promise<ServiceLaunching> {
  const [setpriv, odd, even, { url: databaseUrl }] = await Promise.all([
    findProgram({ env }, 'setpriv'),
    brokers.odd.started(),
    brokers.even.started(),
    database.started(),
  ]);
  const brokerUrls = { odd: odd.url, even: even.url };
  const same = { paths, env, publicUrl: addresses.url, brokerUrls, databaseUrl, fcmUrl };
  const environment: ServiceLaunching['environment'] = (cluster, prepared, place) =>
    serviceEnvironment(cluster, { ...same, keeperUrl: keepers[cluster].url, prepared, place });
  return {
    environment,
    optionsFor: ({ cluster, release }) => {
      const prepared = registry.prepared(release);
      return {
        cluster,
        prepared,
        split,
        environment: place => environment(cluster, prepared, place),
        log: paths.logs[cluster],
        setpriv,
        clock,
        onChange: status => tellEnd(`release ${release} on ${cluster}`, status, tell),
      };
    },
  };
}
