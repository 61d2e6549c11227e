import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { bucketOf, cohortsClaim, type Role } from '../../domain/claims.ts';
import { accessToken } from './access-token.ts';

/** What a test's token differs in from a good one of a driver. */
export interface TestToken {
  /** @default 'driver-1' */
  readonly user?: string;
  /** @default ['driver'] */
  readonly roles?: readonly Role[];
  readonly cohorts?: readonly string[];
  /** Seconds from `nowMs`; negative for an expired one. @default 600 */
  readonly lifeS?: number;
  readonly nowMs?: number;
  /** Over the payload; undefined leaves a claim out. */
  readonly payload?: JWTPayload;
  /** Over the protected header. */
  readonly header?: Readonly<Record<string, string>>;
}

/** An issuer of access tokens for tests. */
export interface TestIssuer {
  readonly issuer: string;
  /** The public key set, as services read it. */
  readonly keysFile: string;
  sign(token?: TestToken): Promise<string>;
  /** The same as an `Authorization` header. */
  bearer(token?: TestToken): Promise<string>;
}

/** Makes a key, and its public half as a key set in `folder`. */
export async function testIssuer(folder: string, kid = 'test-1'): Promise<TestIssuer> {
  const issuer = 'test-issuer';
  const { algorithm, audience, type } = accessToken;
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const keysFile = join(folder, 'token-keys.json');
  const key = { ...(await exportJWK(publicKey)), alg: algorithm, use: 'sig', kid };
  await writeFile(keysFile, JSON.stringify({ keys: [key] }));

  const sign = (token: TestToken = {}) => {
    const { user = 'driver-1', roles = ['driver'], cohorts = [], lifeS = 600, nowMs = Date.now() } = token;
    const own = { roles: [...roles], bucket: bucketOf(user), cohorts: cohortsClaim(cohorts) };
    const exp = Math.floor(nowMs / 1000) + lifeS;
    const payload = { sub: user, iss: issuer, aud: audience, exp, ...own, ...token.payload };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: algorithm, typ: type, kid, ...token.header })
      .sign(privateKey);
  };
  return { issuer, keysFile, sign, bearer: async token => `Bearer ${await sign(token)}` };
}
