import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { json, jsonError } from '../aws-request.ts';
import { put, type Fields, type Kept, type Matched, type Route } from './route.ts';

const multiRegion = /mrk-[0-9a-f-]+/;
const [ivBytes, tagBytes] = [12, 16];
const cipher = 'aes-256-gcm';

/** The material of a multi-Region key, made where it is first used; there and in its replicas' regions it opens. */
function material({ body, call }: Matched, kept: Kept): Buffer | undefined {
  const id = multiRegion.exec(String(body['KeyId']))?.[0];
  if (id === undefined) return undefined;
  const key = `material/${id}`;
  const fresh = { region: call.region, bytes: randomBytes(32).toString('hex') };
  const { region, bytes } = kept.get(key) ?? put(kept, key, fresh);
  const here = region === call.region || kept.has(`replica-tags/${call.region}/${id}`);
  return here ? Buffer.from(String(bytes), 'hex') : undefined;
}

function contextOf(body: Fields): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(body['EncryptionContext'] ?? {}).sort()));
}

function encrypt(matched: Matched, kept: Kept) {
  const key = material(matched, kept);
  if (key === undefined) return undefined;
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, key, iv).setAAD(contextOf(matched.body));
  const sealed = sealing.update(Buffer.from(String(matched.body['Plaintext']), 'base64'));
  const blob = Buffer.concat([iv, sealed, sealing.final(), sealing.getAuthTag()]);
  return json({ KeyId: matched.body['KeyId'], CiphertextBlob: blob.toString('base64') });
}

function decrypt(matched: Matched, kept: Kept) {
  const key = material(matched, kept);
  if (key === undefined) return undefined;
  const blob = Buffer.from(String(matched.body['CiphertextBlob']), 'base64');
  try {
    const opening = createDecipheriv(cipher, key, blob.subarray(0, ivBytes))
      .setAAD(contextOf(matched.body))
      .setAuthTag(blob.subarray(-tagBytes));
    const plain = Buffer.concat([opening.update(blob.subarray(ivBytes, -tagBytes)), opening.final()]);
    return json({ KeyId: matched.body['KeyId'], Plaintext: plain.toString('base64') });
  } catch {
    return jsonError(400, 'InvalidCiphertextException', 'it does not open');
  }
}

/**
 * Multi-Region keys. moto cuts their longer ids off in what it encrypts, and then opens nothing; it makes the key in the
 * other region and forgets what it was tagged with.
 */
export const kmsRoutes: readonly Route[] = [
  ['kms', 'POST', /^Encrypt$/, encrypt],
  ['kms', 'POST', /^Decrypt$/, decrypt],
  [
    'kms',
    'POST',
    /^ReplicateKey$/,
    ({ body }, kept) => {
      put(kept, `replica-tags/${String(body['ReplicaRegion'])}/${String(body['KeyId'])}`, {
        Tags: body['Tags'],
      });
      return undefined;
    },
  ],
  [
    'kms',
    'POST',
    /^ListResourceTags$/,
    ({ body, call }, kept) => {
      const id = String(body['KeyId']).split('/').at(-1);
      const found = kept.get(`replica-tags/${call.region}/${id}`);
      return found === undefined ? undefined : json({ ...found, Truncated: false });
    },
  ],
];
