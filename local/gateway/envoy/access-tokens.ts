import { accessToken } from '../../../services/kit/access-token.ts';
import { claimsMetadata } from './names.ts';
import { typed, type EnvoyObject } from './resource.ts';
import { jwtAuthentication } from './sources.ts';

/** Whose tokens are believed. */
export interface TokenTrust {
  readonly issuer: string;
  /** A JWK set of public keys, as text; two of them while the signing key changes. */
  readonly keySet: string;
}

const provider = 'parity';

/** Verdicts that are kept: verifying one costs more than all else that a gateway does for a small request. */
const keptTokens = 10_000;

/**
 * Verifies access tokens. One that does not hold ends the request; without one it goes on, as nobody's. What is read of
 * a token stands in the request's metadata, where no client can write.
 */
export function renderTokenFilter({ issuer, keySet }: TokenTrust): EnvoyObject {
  return typed(jwtAuthentication, {
    providers: {
      [provider]: {
        issuer,
        audiences: [accessToken.audience],
        local_jwks: { inline_string: keySet },
        require_expiration: true,
        clock_skew_seconds: accessToken.leewayS,
        // Nowhere else: by default a token in the address counts too, which services do not look at, and logs do.
        from_headers: accessToken.schemes.map(scheme => ({
          name: 'authorization',
          value_prefix: `${scheme} `,
        })),
        forward: true,
        payload_in_metadata: claimsMetadata.key,
        // Else the route would be the one that was chosen before anybody knew the claims.
        clear_route_cache: true,
        jwt_cache_config: { jwt_cache_size: keptTokens },
      },
    },
    rules: [
      {
        match: { prefix: '/' },
        requires: { requires_any: { requirements: [{ provider_name: provider }, { allow_missing: {} }] } },
      },
    ],
  });
}
