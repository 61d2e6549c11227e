import { hash } from 'node:crypto';
import { createLocalJWKSet, errors, jwtVerify, type LocalJWKSet } from 'jose';
import { z } from 'zod';
import type { Claims } from '../../domain/claims.ts';
import { isParityError, ParityError } from '../../domain/errors.ts';
import { accessToken, claimsSchema } from './access-token.ts';
import { openKeyFile } from './key-file.ts';
import type { Log } from './logger.ts';
import type { Clock } from './ports.ts';
import { recentlyUsed } from './recently-used.ts';

/** Knows who a request comes from. */
export interface TokenVerifier {
  /**
   * The claims of the access token in an `Authorization` header.
   * @throws ParityError `unauthenticated` when there is none, or none that holds; `keys_unavailable`.
   */
  verify(authorization: string | undefined): Promise<Claims>;
}

/** Whose tokens are believed, and by which keys. */
export interface TokenVerifierOptions {
  /** A JWK set of public RS256 keys; read again when it changes. */
  readonly keysFile: string;
  readonly issuer: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tokens of which the verdict is kept: an RSA verification takes longer than accepting a small document. */
const keptTokens = 10_000;

const maxTokenLength = 8 * 1024;

// Strict: a private member (`d`) has no business here, and a symmetric key would be a way to forge.
const publicKey = z.strictObject({
  kty: z.literal('RSA'),
  alg: z.literal(accessToken.algorithm),
  use: z.literal('sig'),
  kid: z.string().min(1),
  n: z.base64url(),
  e: z.base64url(),
});

/** The form of the key file: public RS256 signing keys, each with its own `kid`. */
export const publicKeySet = z.object({
  keys: z
    .array(publicKey)
    .min(1)
    .refine(keys => new Set(keys.map(key => key.kid)).size === keys.length, 'each kid once'),
});

interface Verified {
  readonly claims: Claims;
  readonly expiresAtMs: number;
}

/** Verifies against a key file. @throws ParityError `invalid_configuration` when it cannot be used. */
export async function createTokenVerifier(options: TokenVerifierOptions): Promise<TokenVerifier> {
  const { clock, log } = options;
  const parse = (text: string) => createLocalJWKSet(publicKeySet.parse(JSON.parse(text)));
  const keyFile = await openKeyFile({ path: options.keysFile, parse, clock, log });
  let known = { keys: keyFile.current(), tokens: recentlyUsed<Verified>(keptTokens) };

  const verifyBy = async (keys: LocalJWKSet, token: string) => {
    // A verdict holds no longer than the keys that it was given by.
    if (keys !== known.keys) known = { keys, tokens: recentlyUsed(keptTokens) };
    const { tokens } = known;
    const digest = hash('sha256', token, 'base64');
    const seen = tokens.get(digest);
    if (seen !== undefined && clock.now() < seen.expiresAtMs) return seen.claims;
    const verified = await verifyAgainst(keys, token, options);
    tokens.set(digest, verified);
    return verified.claims;
  };

  return {
    verify: async authorization => {
      const token = bearer(authorization);
      try {
        return await verifyBy(keyFile.current(), token);
      } catch (error) {
        // The first token by a new key may come before anything else had us look at the file again.
        if (!isParityError(error) || !(error.cause instanceof errors.JWKSNoMatchingKey)) throw error;
        return verifyBy(await keyFile.afterLook(), token);
      }
    },
  };
}

const credentials = new RegExp(`^(?:${accessToken.schemes.join('|')}) ([\\w-]+\\.[\\w-]+\\.[\\w-]+)$`);

function bearer(authorization: string | undefined): string {
  if (authorization === undefined) {
    const message = 'There is no access token: sign in, and send it as `Authorization: Bearer <token>`.';
    throw new ParityError('unauthenticated', message);
  }
  const token = credentials.exec(authorization)?.[1];
  if (token === undefined || token.length > maxTokenLength) throw refused();
  return token;
}

async function verifyAgainst(
  keys: LocalJWKSet,
  token: string,
  { issuer, clock }: TokenVerifierOptions,
): Promise<Verified> {
  const { algorithm, type, audience, leewayS } = accessToken;
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [algorithm],
      typ: type,
      issuer,
      audience,
      clockTolerance: leewayS,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(clock.now()),
    });
    const expiresAtMs = ((payload.exp ?? 0) + leewayS) * 1000;
    return { claims: claimsSchema.parse(payload), expiresAtMs };
  } catch (cause) {
    throw refused(cause);
  }
}

/** One message for all of them: why a token does not hold is nothing to tell whoever may have forged it. */
function refused(cause?: unknown): ParityError {
  const message = 'The access token is not accepted, or not any more: sign in again and repeat.';
  return new ParityError('unauthenticated', message, { cause });
}
