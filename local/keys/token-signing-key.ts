import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { accessToken } from '../../services/kit/access-token.ts';
import { recheckAfterMs } from '../../services/kit/key-file.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { tokenLifeS } from './token-life.ts';
import { keepPrivateFile, readIfThere, writePrivateFile } from '../state/private-file.ts';
import { parseKept } from '../state/parse-kept.ts';
import type { StatePaths } from '../state/state-paths.ts';

type KeyFiles = Pick<StatePaths['keys'], 'tokenSigning' | 'tokenVerifying'>;

const publicParts = { kty: z.literal('RSA'), kid: z.string().min(1), n: z.string(), e: z.string() };

/** A key that signs no more, and by which tokens are verified until the last one has expired (epoch milliseconds). */
const retiredKey = z.strictObject({ ...publicParts, until: z.number() });

const signingFile = z.looseObject({
  ...publicParts,
  d: z.string(),
  retired: z.array(retiredKey).default([]),
});
type SigningFile = z.infer<typeof signingFile>;

const wayOut = 'delete it, and start Parity again: a new key is made, and tokens of the old one are refused';

/** The key that signs access tokens, and its name. */
export interface TokenSigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** Makes the key pair for access tokens if there is none, and the public key set that services verify by. */
export async function keepTokenSigningKey(files: KeyFiles, clock: Pick<Clock, 'now'>): Promise<void> {
  const text = await keepPrivateFile(files.tokenSigning, newSigningKey);
  const signing = parseKept(text, signingFile, { path: files.tokenSigning, wayOut });
  await writePrivateFile(files.tokenVerifying, keySet([signing, ...stillValid(signing, clock)]));
}

/** @throws ParityError `not_running` when this pair has never been started, so that it has no key yet. */
export async function readTokenSigningKey(files: KeyFiles): Promise<TokenSigningKey> {
  const jwk = await readSigningFile(files);
  return { kid: jwk.kid, key: (await importJWK(jwk as JWK, accessToken.algorithm)) as CryptoKey };
}

/**
 * Changes the key that signs access tokens without refusing one: the new key is published beside the old one, everybody
 * who verifies has time to see it, and only then it signs. The old one is believed until its last token has expired.
 * @param publish gives the key set to whoever does not read the file; resolves when they verify by it
 */
export async function rotateTokenSigningKey(
  files: KeyFiles,
  { clock, publish }: { clock: Clock; publish: (keySet: string) => Promise<void> },
): Promise<string> {
  const old = await readSigningFile(files);
  const text = await newSigningKey();
  const added = signingFile.parse(JSON.parse(text));
  const valid = stillValid(old, clock);
  const published = keySet([added, old, ...valid]);
  await writePrivateFile(files.tokenVerifying, published);
  await publish(published);
  await clock.delay(recheckAfterMs * 2);
  const { kty, kid, n, e } = old;
  const until = clock.now() + (tokenLifeS + accessToken.leewayS) * 1000;
  const retired = [{ kty, kid, n, e, until }, ...valid];
  await writePrivateFile(files.tokenSigning, JSON.stringify({ ...added, retired }));
  return added.kid;
}

async function readSigningFile(files: KeyFiles): Promise<SigningFile> {
  const text = await readIfThere(files.tokenSigning);
  if (text === undefined) {
    throw new ParityError('not_running', 'There are no keys yet: start Parity once with npm start.');
  }
  return parseKept(text, signingFile, { path: files.tokenSigning, wayOut });
}

function stillValid({ retired }: SigningFile, clock: Pick<Clock, 'now'>) {
  return retired.filter(({ until }) => until > clock.now());
}

/** The public halves, as services and gateways read them. */
function keySet(keys: readonly { kty: 'RSA'; kid: string; n: string; e: string }[]): string {
  const { algorithm: alg } = accessToken;
  return JSON.stringify({ keys: keys.map(({ kty, kid, n, e }) => ({ kty, n, e, kid, alg, use: 'sig' })) });
}

async function newSigningKey(): Promise<string> {
  const { privateKey: key } = await generateKeyPair(accessToken.algorithm, { extractable: true });
  const jwk = await exportJWK(key);
  return JSON.stringify({ ...jwk, kid: (await calculateJwkThumbprint(jwk)).slice(0, 16) });
}
