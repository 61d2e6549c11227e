/** A request as far as routes look at it; header names in lower case. */
export interface RoutedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the verified token. */
  readonly claims?: Readonly<Record<string, string>>;
}

interface StringMatch {
  readonly exact?: string;
  readonly safe_regex?: { readonly regex: string };
}

interface HeaderMatch {
  readonly name: string;
  readonly string_match?: StringMatch;
  readonly present_match?: true;
  readonly range_match?: { readonly start: number; readonly end: number };
}

/** The parts of Envoy's route that tests look at. */
export interface RenderedRoute {
  readonly name: string;
  readonly match: {
    readonly path?: string;
    readonly prefix?: string;
    readonly safe_regex?: { readonly regex: string };
    readonly headers?: readonly HeaderMatch[];
    readonly dynamic_metadata?: readonly {
      readonly path: readonly { readonly key: string }[];
      readonly value: { readonly string_match: StringMatch };
    }[];
  };
  readonly route?: { readonly cluster: string; readonly timeout?: string; readonly hedge_policy?: unknown };
  readonly direct_response?: { readonly status: number };
  readonly request_headers_to_add?: readonly { readonly header: { key: string; value: string } }[];
  readonly response_headers_to_add?: readonly { readonly header: { key: string; value: string } }[];
}

/** For tests: the routes of a rendered route configuration. */
export function routesIn(configuration: { readonly [key: string]: unknown }): readonly RenderedRoute[] {
  const hosts = configuration['virtual_hosts'] as readonly { readonly routes: readonly RenderedRoute[] }[];
  return hosts.flatMap(({ routes }) => routes);
}

/** For tests: the route that Envoy takes, by its documentation (config.route.v3.RouteMatch): the first that matches. */
export function routeOf(routes: readonly RenderedRoute[], request: RoutedRequest): RenderedRoute | undefined {
  return routes.find(({ match }) => {
    const { path, prefix, safe_regex, headers = [], dynamic_metadata = [], ...unknown } = match;
    if (Object.keys(unknown).length > 0) throw new TypeError(`unknown match: ${Object.keys(unknown).join()}`);
    return (
      (path === undefined || path === request.path) &&
      (prefix === undefined || request.path.startsWith(prefix)) &&
      (safe_regex === undefined || matches({ safe_regex }, request.path)) &&
      headers.every(header => headerMatches(header, request)) &&
      dynamic_metadata.every(({ path: [, claim], value }) => {
        return matches(value.string_match, request.claims?.[claim?.key ?? '']);
      })
    );
  });
}

function headerMatches(header: HeaderMatch, { method, headers }: RoutedRequest): boolean {
  const value = header.name === ':method' ? method : headers?.[header.name];
  if (header.present_match) return value !== undefined;
  if (header.range_match === undefined) return matches(header.string_match ?? {}, value);
  const { start, end } = header.range_match;
  return value !== undefined && /^-?\d+$/.test(value) && Number(value) >= start && Number(value) < end;
}

const compiled = new Map<string, RegExp>();

/** RE2 matches the whole text. */
function matches({ exact, safe_regex }: StringMatch, value: string | undefined): boolean {
  if (value === undefined) return false;
  if (safe_regex === undefined) return value === exact;
  const expression = compiled.get(safe_regex.regex) ?? new RegExp(`^(?:${safe_regex.regex})$`);
  compiled.set(safe_regex.regex, expression);
  return expression.test(value);
}
