import { z } from 'zod';

/** JWE with a shared key used as it is (RFC 7518 §4.5), encrypted and authenticated by AES-256-GCM (§5.3). */
export const linkEncryption = { alg: 'dir', enc: 'A256GCM' } as const;

/** Of a key of AES-256. */
export const linkKeyBytes = 32;

const linkKey = z.strictObject({
  kty: z.literal('oct'),
  alg: z.literal(linkEncryption.enc),
  use: z.literal('enc'),
  kid: z.string().min(1),
  k: z.base64url().refine(text => Buffer.from(text, 'base64url').length === linkKeyBytes, '32 bytes'),
});

/**
 * The form of the key file. The first key encrypts, all decrypt. Rotation: add the new key at the end, wait until
 * both clusters have it, move it to the front, and drop the old one when its last link has expired.
 */
export const linkKeySet = z.strictObject({ keys: z.array(linkKey).min(1) });
export type LinkKeySet = z.infer<typeof linkKeySet>;
