import { signAccessToken } from '../local/keys/sign-access-token.ts';
import type { TokenSigningKey } from '../local/keys/token-signing-key.ts';
import { systemClock } from '../services/kit/ports.ts';

/** A user and his token, as the header that carries it. */
export interface TokenUser {
  readonly user: string;
  readonly authorization: string;
}

const atOnce = 64;

/** Users `user-0` … with tokens of their own. Signing one costs about a millisecond, so they are made side by side. */
export async function tokenUsers(
  key: TokenSigningKey,
  { count, cohorts = [] }: { count: number; cohorts?: readonly string[] },
): Promise<TokenUser[]> {
  const users: TokenUser[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => `user-${from + at}`);
    users.push(...(await Promise.all(some.map(user => withToken(key, user, cohorts)))));
  }
  return users;
}

async function withToken(key: TokenSigningKey, user: string, cohorts: readonly string[]): Promise<TokenUser> {
  const token = await signAccessToken({ user, roles: ['driver'], cohorts }, { key, clock: systemClock });
  return { user, authorization: `Bearer ${token}` };
}
