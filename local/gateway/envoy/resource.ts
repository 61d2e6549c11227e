/** A JSON object of Envoy's configuration (protobuf's JSON form, envoyproxy.io/docs, API v3). */
export type EnvoyObject = { readonly [key: string]: unknown };

/** A typed configuration: `@type` and its fields. `type` is the message's full name after `envoy.`. */
export function typed(type: string, fields: EnvoyObject = {}): EnvoyObject {
  return { '@type': `type.googleapis.com/envoy.${type}`, ...fields };
}

/** A TCP address on this machine. */
export function loopback(port: number): EnvoyObject {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

/** Milliseconds as protobuf's JSON duration: `0.25s`. */
export function duration(ms: number): string {
  return `${ms / 1000}s`;
}
