import { SignJWT } from 'jose';
import { bucketOf, cohortsClaim, userIdRule, type Role } from '../../domain/claims.ts';
import { ParityError } from '../../domain/errors.ts';
import { accessToken, claimsSchema } from '../../services/kit/access-token.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { tokenLifeS } from './token-life.ts';
import type { TokenSigningKey } from './token-signing-key.ts';

/** Whom a token speaks for. */
export interface TokenHolder {
  readonly user: string;
  readonly roles: readonly Role[];
  /** The release cohorts the user is in. */
  readonly cohorts: readonly string[];
}

/**
 * Signs an access token as the user service will.
 * @throws ParityError `invalid_request` when no such user, role or cohort can exist.
 */
export async function signAccessToken(
  holder: TokenHolder,
  { key, clock }: { key: TokenSigningKey; clock: Clock },
): Promise<string> {
  const claims = claimsSchema.safeParse({
    sub: holder.user,
    roles: [...new Set(holder.roles)],
    bucket: bucketOf(holder.user),
    cohorts: cohortsClaim(holder.cohorts),
  });
  if (!claims.success) throw refused(claims.error.issues[0]?.path[0]);
  const issuedAt = Math.floor(clock.now() / 1000);
  return new SignJWT(claims.data)
    .setProtectedHeader({ alg: accessToken.algorithm, typ: accessToken.type, kid: key.kid })
    .setIssuer(defaultTokenIssuer)
    .setAudience(accessToken.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + tokenLifeS)
    .sign(key.key);
}

function refused(claim: PropertyKey | undefined): ParityError {
  const reasons: Partial<Record<PropertyKey, string>> = {
    sub: userIdRule,
    roles: 'A user has at least one role.',
    cohorts: 'A cohort is a small letter, then small letters, digits and dashes: beta.',
  };
  return new ParityError('invalid_request', reasons[claim ?? ''] ?? 'No token can say this.');
}
