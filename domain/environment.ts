import { catalogue, type ServiceName } from './catalogue.ts';
import { dependencies, dependencyNames, type Dependency } from './dependencies.ts';

/** What every process of services is told, whichever it runs. */
export const commonVariables = {
  required: ['PARITY_CLUSTER', 'PARITY_RELEASE', 'PARITY_LISTEN', 'PARITY_PUBLIC_URL', 'PARITY_TOKEN_KEYS'],
  optional: ['PARITY_SERVICES', 'PARITY_TOKEN_ISSUER', 'PARITY_CRASH_FILE', 'PARITY_FAULT'],
} as const;

/** What may be set for one service; each has a default. */
export const settings = {
  processor: ['PARITY_MAX_DOCUMENT_BYTES'],
  storage: ['PARITY_SWEEP_AFTER_MS', 'PARITY_ORPHAN_AFTER_MS', 'PARITY_LINK_SIGN_IN'],
  notification: [],
} as const satisfies Record<ServiceName, readonly string[]>;

/** The name of an environment variable that services read. */
export type Variable =
  | (typeof commonVariables)['required' | 'optional'][number]
  | (typeof settings)[ServiceName][number]
  | (typeof dependencies)[Dependency][number];

/** The environment contract of a process: with all of `required` it starts, and it looks at nothing else. */
export interface Environment {
  readonly required: readonly Variable[];
  readonly optional: readonly Variable[];
}

/** The environment contract of a process that runs `services`. */
export function environmentOf(services: readonly ServiceName[]): Environment {
  return {
    required: [...commonVariables.required, ...dependenciesOf(services).flatMap(name => dependencies[name])],
    optional: [...commonVariables.optional, ...services.flatMap(name => settings[name])],
  };
}

/** All that `services` work with, each once. */
export function dependenciesOf(services: readonly ServiceName[]): Dependency[] {
  const used = new Set<Dependency>(services.flatMap(name => catalogue[name].uses));
  return dependencyNames.filter(name => used.has(name));
}
