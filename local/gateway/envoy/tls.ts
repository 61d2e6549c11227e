import type { Parity } from '../../../domain/parity.ts';
import { gatewayIdentity, resourceName } from './names.ts';
import { typed, type EnvoyObject } from './resource.ts';
import type { Sources } from './sources.ts';

type Secrets = Pick<Sources, 'secret'>;

/** How we speak to the peer's gateway: TLS 1.3, with our certificate, to nobody but it. */
export function peerTlsClient(peer: Parity, sources: Secrets): EnvoyObject {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      common_tls_context: mutualTls(peer, sources),
      sni: peer,
    }),
  };
}

/** How the peer's gateway may speak to us: with its own certificate, and nobody else may. */
export function peerTlsServer(peer: Parity, sources: Secrets): EnvoyObject {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: mutualTls(peer, sources),
      require_client_certificate: true,
    }),
  };
}

function mutualTls(peer: Parity, { secret }: Secrets): EnvoyObject {
  return {
    // Upstream, Envoy's own maximum is TLS 1.2: with the minimum alone no handshake succeeds.
    tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
    tls_certificate_sds_secret_configs: [secret(resourceName.ownCertificate)],
    combined_validation_context: {
      default_validation_context: {
        match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: gatewayIdentity(peer) } }],
      },
      validation_context_sds_secret_config: secret(resourceName.authorities),
    },
    alpn_protocols: ['h2'],
  };
}

/** Certificate chain and key of a gateway, in PEM, in one resource: they are only ever replaced together. */
export interface KeyPair {
  readonly chain: string;
  readonly key: string;
}

/** What a gateway shows, and whom it believes. */
export interface GatewayIdentity {
  readonly own: KeyPair;
  /** PEM of every authority that is believed: two of them while the authority changes. */
  readonly authorities: string;
}

/** The resources behind the names of the contexts above. */
export function renderSecrets({ own, authorities }: GatewayIdentity): EnvoyObject[] {
  return [
    {
      name: resourceName.ownCertificate,
      tls_certificate: {
        certificate_chain: { inline_string: own.chain },
        private_key: { inline_string: own.key },
      },
    },
    {
      name: resourceName.authorities,
      validation_context: { trusted_ca: { inline_string: authorities } },
    },
  ];
}
