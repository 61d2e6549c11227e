import { dirname, join } from 'node:path';
import { typed, type EnvoyObject } from './resource.ts';

/** How a listener finds the resources that change without it. */
export interface Sources {
  /** The part of an HTTP connection manager that says where routes come from. */
  routes(name: string): EnvoyObject;
  /** An HTTP filter by its name. */
  filter(name: string): EnvoyObject;
  /** A certificate or a set of authorities by its name. */
  secret(name: string): EnvoyObject;
}

/**
 * Where Envoy looks for a resource of a type; a file is read again when one is renamed into its folder. Each has a folder
 * of its own: of one that all share, every file would be read again before the routes that a shift is about.
 */
export function fromFile(folder: string, name: string): EnvoyObject {
  return {
    resource_api_version: 'V3',
    path_config_source: {
      path: watchedFile(folder, name),
      watched_directory: { path: dirname(watchedFile(folder, name)) },
    },
  };
}

/** Where a file of that name lies below the watched folder. */
export function watchedFile(folder: string, name: string): string {
  return join(folder, name, `${name}.json`);
}

/** Resources are watched files, one for each name. */
export function watchedFiles(folder: string): Sources {
  return {
    routes: name => ({
      rds: { route_config_name: name, config_source: fromFile(folder, fileOf.routes(name)) },
    }),
    filter: name => ({
      name,
      config_discovery: {
        config_source: fromFile(folder, fileOf.filter(name)),
        type_urls: [typed(jwtAuthentication)['@type']],
      },
    }),
    secret: name => ({ name, sds_config: fromFile(folder, fileOf.secret(name)) }),
  };
}

/** Resources are folded in, so that one look of Envoy sees all of them together. */
export function foldedIn(parts: {
  readonly routes: Readonly<Record<string, EnvoyObject>>;
  readonly filters: Readonly<Record<string, EnvoyObject>>;
}): Sources {
  return {
    routes: name => ({ route_config: parts.routes[name] }),
    filter: name => ({ name, typed_config: parts.filters[name] }),
    secret: name => ({ name }),
  };
}

/** The files of the watched folder, without their `.json`. */
export const fileOf = {
  clusters: 'clusters',
  listeners: 'listeners',
  routes: (name: string) => `routes-${name}`,
  filter: (name: string) => `filter-${name}`,
  secret: (name: string) => `secret-${name}`,
} as const;

/** The filter that verifies access tokens. */
export const jwtAuthentication = 'extensions.filters.http.jwt_authn.v3.JwtAuthentication';
