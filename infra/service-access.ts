import { catalogue, type ServiceName } from '../domain/catalogue.ts';
import { dependencyNames, type Dependency } from '../domain/dependencies.ts';

/** The two file systems: what is accepted, and what is stored. */
export const fileSystemNames = ['spool', 'vault'] as const;
export type FileSystemName = (typeof fileSystemNames)[number];

/** Secrets that services read. `brokers` are both: either cluster may do any work. */
export type SecretName = 'brokers' | 'database' | 'links' | 'push';

/** How AWS lets a service in to what it uses. */
interface Way {
  readonly fileSystem?: FileSystemName;
  /** Wraps and unwraps documents' keys. */
  readonly documentsKey?: true;
  readonly secret?: SecretName;
}

const ways: Readonly<Record<Dependency, Way>> = {
  spool: { fileSystem: 'spool' },
  vault: { fileSystem: 'vault', documentsKey: true },
  broker: { secret: 'brokers' },
  database: { secret: 'database' },
  links: { secret: 'links' },
  push: { secret: 'push' },
  // Asked inside the cluster: who may is the mesh's to say.
  keeper: {},
};

/** What a service may reach besides queues; roles and access points are derived from it. */
export interface ServiceAccess {
  readonly fileSystems: readonly FileSystemName[];
  readonly documentsKey: boolean;
  readonly secrets: readonly SecretName[];
}

/** Who reaches what: as much as the catalogue says a service uses, and nothing else. */
export function accessOf(service: ServiceName): ServiceAccess {
  const uses: readonly Dependency[] = catalogue[service].uses;
  const own = dependencyNames.filter(name => uses.includes(name)).map(name => ways[name]);
  return {
    fileSystems: own.flatMap(({ fileSystem }) => fileSystem ?? []),
    documentsKey: own.some(({ documentsKey }) => documentsKey),
    secrets: own.flatMap(({ secret }) => secret ?? []),
  };
}
