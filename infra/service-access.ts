import type { ServiceName } from '../domain/catalogue.ts';

/** What a service may reach besides queues; roles, access points and key policies are derived from it. */
export interface ServiceAccess {
  readonly fileSystems: readonly FileSystemName[];
  /** Wraps and unwraps documents' keys. */
  readonly documentsKey: boolean;
  readonly secrets: readonly SecretName[];
  readonly cache: boolean;
}

/** The two file systems: what is accepted, and what is stored. */
export const fileSystemNames = ['spool', 'vault'] as const;
export type FileSystemName = (typeof fileSystemNames)[number];

/** Secrets that services read. `brokers` are both: either cluster may do any work. */
export type SecretName = 'brokers' | 'database' | 'push';

/** Who reaches what. The accept path needs neither database nor keys (design.md §3). */
export const serviceAccess = {
  processor: { fileSystems: ['spool'], documentsKey: false, secrets: ['brokers'], cache: true },
  storage: {
    fileSystems: ['spool', 'vault'],
    documentsKey: true,
    secrets: ['brokers', 'database'],
    cache: true,
  },
  notification: {
    fileSystems: [],
    documentsKey: false,
    secrets: ['brokers', 'database', 'push'],
    cache: false,
  },
} as const satisfies Record<ServiceName, ServiceAccess>;
