import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { ApiAnswer } from './google-error.ts';
import type { StandInAccount } from './service-account.ts';

/** The one scope that lets an account send (firebase.google.com/docs/cloud-messaging/auth-server). */
export const messagingScope = 'https://www.googleapis.com/auth/firebase.messaging';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const lifetimeSeconds = 3600;
/** How far the client's clock may be ahead of ours. */
const skewSeconds = 300;
/** More tokens than this are never alive at once on a laptop; the oldest go first. */
const tokensMax = 1000;

/** OAuth 2.0 for service accounts: assertions in, access tokens out, and the check of such a token. */
export interface TokenEndpoint {
  /** Answers `POST /token` (RFC 7523 §2.1); `form` is the url-encoded body. Never throws. */
  exchange(form: string): Promise<ApiAnswer>;
  /** Is this the value of a live `Authorization` header? */
  accepts(authorization: string | undefined): boolean;
}

export interface TokenEndpointOptions {
  readonly account: StandInAccount;
  /** What the assertion's `aud` must say: this endpoint's own URL. */
  readonly audience: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Tokens live in memory only: after a restart every sender meets a 401 once, as it does when Google revokes one. */
export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const expiries = new Map<string, number>();

  function issue(): ApiAnswer {
    const token = `ya29.stand-in.${options.random.bytes(24).toString('base64url')}`;
    expiries.set(token, options.clock.monotonic() + lifetimeSeconds * 1000);
    const oldest = expiries.keys().next();
    if (expiries.size > tokensMax && !oldest.done) expiries.delete(oldest.value);
    return {
      status: 200,
      body: { access_token: token, expires_in: lifetimeSeconds, token_type: 'Bearer' },
    };
  }

  return {
    async exchange(form) {
      return (await findRefusal(new URLSearchParams(form), options)) ?? issue();
    },
    accepts(authorization) {
      const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
      const expiry = token === undefined ? undefined : expiries.get(token);
      return expiry !== undefined && options.clock.monotonic() < expiry;
    },
  };
}

async function findRefusal(
  form: URLSearchParams,
  options: TokenEndpointOptions,
): Promise<ApiAnswer | undefined> {
  if (form.get('grant_type') !== grantType) {
    return refusal('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type') ?? ''}`);
  }
  const assertion = form.get('assertion');
  if (!assertion) return refusal('invalid_request', 'Missing required parameter: assertion');
  try {
    const { payload } = await jwtVerify(assertion, options.account.publicKey, {
      algorithms: ['RS256'],
      audience: options.audience,
      requiredClaims: ['iss', 'iat', 'exp'],
      clockTolerance: skewSeconds,
      currentDate: new Date(options.clock.now()),
    });
    return findFalseClaim(payload, options);
  } catch (error) {
    return refusal('invalid_grant', describe(error));
  }
}

function findFalseClaim(claims: JWTPayload, { account, clock }: TokenEndpointOptions): ApiAnswer | undefined {
  const { iss, iat = 0, exp = 0, scope } = claims;
  if (iss !== account.clientEmail) {
    return refusal('invalid_grant', 'Invalid grant: account not found');
  }
  const now = clock.now() / 1000;
  if (exp - iat > lifetimeSeconds || exp <= iat || iat > now + skewSeconds) {
    return refusal(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  }
  if (typeof scope !== 'string' || !scope.split(' ').includes(messagingScope)) {
    return refusal('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
  return undefined;
}

function describe(error: unknown): string {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Invalid JWT Signature.';
  if (error instanceof errors.JWTExpired) return 'Invalid JWT: Token has expired. Check your exp value.';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    return 'Invalid JWT: Failed audience check.';
  }
  return `Invalid JWT: ${error instanceof Error ? error.message : 'unreadable'}`;
}

function refusal(error: string, description: string): ApiAnswer {
  return { status: 400, body: { error, error_description: description } };
}
