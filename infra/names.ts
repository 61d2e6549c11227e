import type { Parity } from '../domain/parity.ts';
import type { Configuration } from './configuration.ts';

/** Every name that anybody has to know; derived, so that it is typed nowhere else. */
export interface Names {
  /** First part of all others: `acme-staging`. */
  readonly estate: string;
  /** `acme-staging-odd`: an EKS cluster and what belongs to it alone. */
  readonly cluster: (parity: Parity) => string;
  /** `acme-staging-<part>`: what the pair shares. */
  readonly shared: (part: string) => string;
  /** Buckets are named for the whole world, so account and region are in it. */
  readonly bucket: (purpose: string) => string;
  /** `eu-central-1a` and so on. */
  readonly zones: readonly string[];
  /** Clients' names in DNS, and the operators'. */
  readonly hosts: Hosts;
}

/** The names in DNS (docs/decisions/0020). */
export interface Hosts {
  /** What clients use: latency between regions. */
  readonly api: string;
  /** The region's pair: weighted between the clusters. */
  readonly regional: string;
  /** The idle cluster, for beta testers. */
  readonly beta: string;
  /** One cluster, whatever it plays: health checks and the peer look here. */
  readonly cluster: (parity: Parity) => string;
  /** Dashboards. */
  readonly ops: string;
}

/** The names of an installation. */
export function namesOf(configuration: Configuration): Names {
  const { organisation, environment, account, region, zones, domain } = configuration;
  const estate = `${organisation}-${environment}`;
  return {
    estate,
    cluster: parity => `${estate}-${parity}`,
    shared: part => `${estate}-${part}`,
    bucket: purpose => `${estate}-${purpose}-${account}-${region}`,
    zones: zones.map(letter => `${region}${letter}`),
    hosts: {
      api: `api.${domain}`,
      regional: `api-${region}.${domain}`,
      beta: `beta.${domain}`,
      cluster: parity => `${parity}.${domain}`,
      ops: `ops.${domain}`,
    },
  };
}
