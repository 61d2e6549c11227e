import { z } from 'zod';
import { roles, userId, type Bucket, type Claims } from '../../domain/claims.ts';

/** What signer and verifier of access tokens agree on; the profile is RFC 9068's. */
export const accessToken = {
  algorithm: 'RS256',
  /** Keeps other tokens of the same issuer, such as ID tokens, from being taken for access tokens. */
  type: 'at+jwt',
  audience: 'parity',
  /**
   * What goes before a token in `Authorization`, letter by letter: gateways cannot match in any case (Envoy's
   * `value_prefix`), and what a service reads that its gateway does not would be limited and routed as nobody's.
   */
  schemes: ['Bearer', 'bearer'],
  /** Our own claims beside `sub`, `iss`, `aud` and `exp`. */
  claims: ['roles', 'bucket', 'cohorts'],
  /** By how much the clocks of issuer and verifier may differ, in seconds. */
  leewayS: 60,
} as const satisfies { claims: readonly (keyof Claims)[] } & Record<string, unknown>;

/** The claims that Parity reads, in the form in which they must be. */
export const claimsSchema = z.object({
  sub: userId,
  roles: z.array(z.enum(roles)).min(1),
  bucket: z
    .string()
    .regex(/^\d{3}$/)
    .transform(text => text as Bucket),
  cohorts: z.string().regex(/^ (?:[a-z][a-z0-9-]* )*$/),
});
