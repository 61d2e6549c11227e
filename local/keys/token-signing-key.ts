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
import { keepPrivateFile, readIfThere, writePrivateFile } from '../state/private-file.ts';
import type { StatePaths } from '../state/state-paths.ts';

type KeyFiles = Pick<StatePaths['keys'], 'tokenSigning' | 'tokenVerifying'>;

const publicParts = { kty: z.literal('RSA'), kid: z.string().min(1), n: z.string(), e: z.string() };
const privateKey = z.looseObject({ ...publicParts, d: z.string() });

/** The key that signs access tokens, and its name. */
export interface TokenSigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** Makes the key pair for access tokens if there is none, and the public key set that services verify by. */
export async function keepTokenSigningKey(files: KeyFiles): Promise<void> {
  const text = await keepPrivateFile(files.tokenSigning, newSigningKey);
  const { kty, kid, n, e } = privateKey.parse(JSON.parse(text));
  const published = { keys: [{ kty, n, e, kid, alg: accessToken.algorithm, use: 'sig' }] };
  await writePrivateFile(files.tokenVerifying, JSON.stringify(published));
}

/** @throws ParityError `not_running` when this pair has never been started, so that it has no key yet. */
export async function readTokenSigningKey(files: KeyFiles): Promise<TokenSigningKey> {
  const text = await readIfThere(files.tokenSigning);
  if (text === undefined) {
    throw new ParityError('not_running', 'There are no keys yet: start Parity once with npm start.');
  }
  const jwk = privateKey.parse(JSON.parse(text));
  return { kid: jwk.kid, key: (await importJWK(jwk as JWK, accessToken.algorithm)) as CryptoKey };
}

async function newSigningKey(): Promise<string> {
  const { privateKey: key } = await generateKeyPair(accessToken.algorithm, { extractable: true });
  const jwk = await exportJWK(key);
  return JSON.stringify({ ...jwk, kid: (await calculateJwkThumbprint(jwk)).slice(0, 16) });
}
