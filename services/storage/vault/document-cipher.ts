import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { ParityError } from '../../../domain/errors.ts';
import type { EncryptionContext } from './key-wrapper.ts';

/**
 * The unsigned committed suite in large frames: the signed default costs 8–40 times as much (docs/decisions/0004), and a
 * signature would prove only that whoever wrote the file had the document's key.
 */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
const frameLength = 1024 * 1024;

/** The key's name inside the message, which a stock SDK must be given to open it. */
export const keyNamespace = 'parity';
export const keyName = 'document';

const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

/** Length of a document's own wrapping key. */
export const documentKeyBytes = 32;

/** Encrypts into the AWS Encryption SDK's message format, readable by a stock SDK that is given the key. */
export function encryptDocument(
  plaintext: AsyncIterable<Uint8Array>,
  { key, context }: { key: Buffer; context: EncryptionContext },
): AsyncIterable<Buffer> {
  const encrypt = client.encryptStream(keyring(key), {
    suiteId,
    frameLength,
    encryptionContext: { ...context },
  });
  return through(plaintext, encrypt);
}

/**
 * Decrypts what `encryptDocument` wrote. Every chunk it gives is authenticated; it ends with an error when the message
 * is altered, cut, or belongs to another document, version or owner.
 */
export function decryptDocument(
  ciphertext: AsyncIterable<Uint8Array>,
  { key, context }: { key: Buffer; context: EncryptionContext },
): AsyncIterable<Buffer> {
  const decrypt = client.decryptUnsignedMessageStream(keyring(key));
  decrypt.once('MessageHeader', ({ encryptionContext }: { encryptionContext: Record<string, string> }) => {
    const foreign = Object.entries(context).some(([name, value]) => encryptionContext[name] !== value);
    if (foreign) decrypt.destroy(foreignContext());
  });
  return through(ciphertext, decrypt);
}

function foreignContext(): ParityError {
  return new ParityError('document_corrupt', 'The encryption context is another document’s.');
}

function keyring(key: Buffer): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyName,
    keyNamespace,
    unencryptedMasterKey: Uint8Array.from(key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
}

/**
 * What `transform` makes of `source`, one chunk after the other. It is driven by hand and never destroyed: the SDK
 * answers the end of an unfinished stream with an exception that nobody can catch.
 */
async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: NodeJS.ReadWriteStream,
): AsyncIterable<Buffer> {
  let made: Buffer[] = [];
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  ended.catch(() => {});
  // `on`, for an error may come twice, and one that nobody hears ends the process.
  transform
    .on('error', reject)
    .once('end', resolve)
    .on('data', (bytes: Buffer) => made.push(bytes));
  const take = () => {
    const taken = Buffer.concat(made);
    made = [];
    return taken;
  };
  for await (const chunk of source) {
    const { promise: written, resolve: drained } = Promise.withResolvers<void>();
    transform.write(chunk, () => drained());
    await Promise.race([written, ended]);
    if (made.length > 0) yield take();
  }
  transform.end();
  await ended;
  yield take();
}
