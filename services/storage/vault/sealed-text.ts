import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../../kit/ports.ts';
import type { EncryptionContext } from './key-wrapper.ts';

const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM under a 32-byte key with the context as additional data: IV, ciphertext, tag, in base64url. */
export function seal(plain: Buffer, by: { key: Buffer; context: EncryptionContext; random: Random }): string {
  const iv = by.random.bytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', by.key, iv).setAAD(contextBytes(by.context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What `seal` sealed. Throws Node's error when key, context or text is another. */
export function unseal(text: string, by: { key: Buffer; context: EncryptionContext }): Buffer {
  const sealed = Buffer.from(text, 'base64url');
  const iv = sealed.subarray(0, ivBytes);
  // Without its length said a shorter tag would pass, which is easier to guess.
  const decipher = createDecipheriv('aes-256-gcm', by.key, iv, { authTagLength: tagBytes });
  decipher.setAAD(contextBytes(by.context)).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
}

function contextBytes({ document, version, owner }: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify([document, version, owner]));
}
