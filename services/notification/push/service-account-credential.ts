import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { ParityError } from '../../../domain/errors.ts';
import type { Clock } from '../../kit/ports.ts';
import type { AccessTokenSource } from './access-token-source.ts';

/** The scope of FCM HTTP v1 (firebase.google.com/docs/cloud-messaging/auth-server). */
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The longest that Google takes for an assertion (developers.google.com/identity/protocols/oauth2/service-account). */
const ASSERTION_LIFETIME_S = 3600;
/** A token this close to its end is not used any more, so that none ends on the way. */
const MARGIN_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** What is read of a service account's key file, as Google's console makes it. */
export const serviceAccountKey = z.object({
  type: z.literal('service_account'),
  project_id: z.string().min(1),
  private_key_id: z.string().min(1),
  private_key: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
  client_email: z.string().min(1),
  token_uri: z.url(),
});

/** A service account's key. */
export type ServiceAccountKey = z.infer<typeof serviceAccountKey>;

const granted = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  token_type: z.literal('Bearer'),
});
const refused = z.object({ error: z.string(), error_description: z.string().optional() });

/**
 * Trades assertions signed with the account's key for access tokens at the key file's `token_uri` (RFC 7523). One
 * token is kept until shortly before its end, by the monotonic clock; callers who come meanwhile share one request.
 */
export function createServiceAccountCredential(key: ServiceAccountKey, clock: Clock): AccessTokenSource {
  let kept: { readonly value: string; readonly staleAt: number } | undefined;
  let underWay: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const askedAt = clock.monotonic();
    const { access_token: value, expires_in: seconds } = await exchange(key, clock);
    kept = { value, staleAt: askedAt + seconds * 1000 - MARGIN_MS };
    return value;
  }

  return {
    async token() {
      if (kept && clock.monotonic() < kept.staleAt) return kept.value;
      underWay ??= renew().finally(() => (underWay = undefined));
      return underWay;
    },
    drop(token) {
      if (kept?.value === token) kept = undefined;
    },
  };
}

async function exchange(key: ServiceAccountKey, clock: Clock): Promise<z.infer<typeof granted>> {
  const form = new URLSearchParams({ grant_type: GRANT_TYPE, assertion: await signAssertion(key, clock) });
  const { status, body } = await ask(key.token_uri, form, clock);
  const answer = granted.safeParse(body);
  if (status === 200 && answer.success) return answer.data;
  const refusal = refused.safeParse(body);
  if (status >= 500 || status === 429 || !refusal.success) {
    throw new ParityError(
      'push_unavailable',
      `The token endpoint answered ${String(status)}; trying again later.`,
    );
  }
  const { error, error_description: description = 'no description' } = refusal.data;
  throw new ParityError(
    'push_refused',
    `Google does not accept the service account ${key.client_email} (${error}: ${description}); check its key file and this machine's clock.`,
  );
}

async function signAssertion(key: ServiceAccountKey, clock: Clock): Promise<string> {
  const now = Math.floor(clock.now() / 1000);
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.private_key_id })
    .setIssuer(key.client_email)
    .setAudience(key.token_uri)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_LIFETIME_S)
    .sign(await importPKCS8(key.private_key, 'RS256'));
}

async function ask(
  url: string,
  form: URLSearchParams,
  clock: Clock,
): Promise<{ status: number; body: unknown }> {
  const deadline = new AbortController();
  const done = new AbortController();
  clock.delay(TIMEOUT_MS, done.signal).then(
    () => deadline.abort(),
    () => {}, // Answered in time.
  );
  try {
    const response = await fetch(url, { method: 'POST', body: form, signal: deadline.signal });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch (cause) {
    throw new ParityError('push_unavailable', `The token endpoint ${url} cannot be reached.`, { cause });
  } finally {
    done.abort();
  }
}
