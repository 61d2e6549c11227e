import {
  DecryptCommand,
  EncryptCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
} from '@aws-sdk/client-kms';
import { ParityError } from '../../../domain/errors.ts';
import type { EncryptionContext, KeyWrapper } from './key-wrapper.ts';

/** A call to KMS takes milliseconds inside AWS; a document is stored or read again later when it does not come. */
const patience = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 } };

/** A KMS key's ARN, of which a replica in another region has all but the region in common. */
export const kmsKeyArn = /^arn:aws:kms:(?<region>[a-z0-9-]+):\d{12}:key\/(?<id>[\w-]+)$/;

/**
 * The cloud's key service: one multi-Region KMS key. What was wrapped in one region opens with the key's replica in the
 * other. The client comes in for tests; else the SDK finds its way by the role of the pod.
 * @throws ParityError `invalid_configuration` when `arn` is not a key's.
 */
export function kmsKeyWrapper(arn: string, client?: KMSClient): KeyWrapper {
  const { region, id } = kmsKeyArn.exec(arn)?.groups ?? {};
  if (region === undefined || id === undefined) {
    throw new ParityError(
      'invalid_configuration',
      `${arn} is not the ARN of a KMS key: give the key's, not an alias'.`,
    );
  }
  const kms = client ?? new KMSClient({ region, ...patience });
  const contextOf = (context: EncryptionContext) => ({ KeyId: arn, EncryptionContext: { ...context } });
  return {
    wrap: (key, context) =>
      keyServiceErrors(async () => {
        const command = new EncryptCommand({ ...contextOf(context), Plaintext: key });
        const { CiphertextBlob: sealed } = await kms.send(command);
        return `${id}.${bytesIn(sealed, `a wrapped key for ${arn}`).toString('base64url')}`;
      }),
    unwrap: (wrapped, context) =>
      keyServiceErrors(async () => {
        const [by, sealed = ''] = wrapped.split('.');
        if (by !== id) {
          throw new ParityError(
            'vault_unavailable',
            `The key "${by}" is not ${arn}: configure the one that wrapped it.`,
          );
        }
        const CiphertextBlob = Buffer.from(sealed, 'base64url');
        const { Plaintext: key } = await kms.send(
          new DecryptCommand({ ...contextOf(context), CiphertextBlob }),
        );
        return bytesIn(key, `a key for ${arn}`);
      }),
  };
}

/** Both fields are optional in KMS's answers: a document under an empty key would be lost, or would open for anybody. */
function bytesIn(answered: Uint8Array | undefined, what: string): Buffer {
  if (answered !== undefined && answered.length > 0) return Buffer.from(answered);
  throw new ParityError('vault_unavailable', `KMS answered without ${what}: documents wait.`);
}

async function keyServiceErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    if (cause instanceof InvalidCiphertextException || cause instanceof IncorrectKeyException) {
      throw new ParityError('document_corrupt', "A document's wrapped key does not open for it.", { cause });
    }
    throw new ParityError('vault_unavailable', 'KMS does not wrap or unwrap: documents wait.', { cause });
  }
}
