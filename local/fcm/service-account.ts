import { createPrivateKey, createPublicKey, generateKeyPair, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

/** The fields of a Google service-account key file that this project reads or writes (units: none, all text). */
export const serviceAccountFile = z.looseObject({
  type: z.literal('service_account'),
  project_id: z.string(),
  private_key_id: z.string(),
  private_key: z.string().refine(isPrivateKey, 'a private key in PEM'),
  client_email: z.string(),
  client_id: z.string(),
  token_uri: z.url(),
});
export type ServiceAccountFile = z.infer<typeof serviceAccountFile>;

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

/** What the stand-in may know of an account: everything but the private key. */
export interface StandInAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

const newKeyPair = promisify(generateKeyPair);

/**
 * Makes a service account for the laptop, in the form of the file that Google's console hands out. `tokenUri` is
 * the stand-in's `<url>/token`. Keep the result secret, mode 0600: it is a real RSA key, though nobody but the
 * stand-in knows it.
 */
export async function createServiceAccount(options: {
  readonly projectId: string;
  readonly tokenUri: string;
}): Promise<ServiceAccountFile> {
  const { privateKey, publicKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  return {
    type: 'service_account',
    project_id: options.projectId,
    private_key_id: hash('sha1', publicKey.export({ type: 'spki', format: 'der' })),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: `parity@${options.projectId}.iam.gserviceaccount.com`,
    client_id: '100000000000000000000',
    token_uri: options.tokenUri,
  };
}

/** The public half of a key file: what `startFcmStandIn` is given. */
export function publicAccount(file: ServiceAccountFile): StandInAccount {
  return {
    projectId: file.project_id,
    clientEmail: file.client_email,
    keyId: file.private_key_id,
    publicKey: createPublicKey(createPrivateKey(file.private_key)),
  };
}
