import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ParityError } from '../../../domain/errors.ts';
import type { ObjectName, ObjectStore, StoredObject } from '../../ports.ts';
import { callWithinMs, clientConfig, type AwsAccess } from './aws-access.ts';
import { awsAnswer, awsWords } from './call-aws.ts';

/** A read may be repeated. A write is sent once: its repeat would meet what it wrote itself and be told *changed*. */
const readAttempts = 2;
const writeAttempts = 1;

/**
 * Objects in an S3 bucket, changed by conditional writes: `If-Match` on the ETag that was seen, `If-None-Match: *` for
 * one that must not be there (S3 User Guide, "Conditional writes"). The bucket's own policy refuses any other write.
 */
export function s3Objects({ bucket, ...access }: AwsAccess & { readonly bucket: string }): ObjectStore {
  const reading = new S3Client(clientConfig(access, readAttempts));
  const writing = new S3Client(clientConfig(access, writeAttempts));
  return {
    read: async name => {
      const get = new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) });
      return await answered('read', name, async abortSignal => {
        const { Body: body, ETag: tag } = await reading.send(get, { abortSignal });
        const at = `s3://${bucket}/${keyOf(name)}`;
        return { text: (await body?.transformToString()) ?? '', tag: tag ?? '', at };
      });
    },
    write: async (name, text, expected) => {
      const put = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(name),
        Body: text,
        ContentType: 'application/json',
        ...(expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected }),
      });
      const written = await answered('written', name, async abortSignal => {
        await writing.send(put, { abortSignal });
        return 'written' as const;
      });
      return written ?? 'changed';
    },
  };
}

function keyOf(name: ObjectName): string {
  return `${name}.json`;
}

/** What S3 gave, or undefined where it says that the object is not there, or not the one that was expected. */
async function answered<T extends StoredObject | 'written'>(
  did: 'read' | 'written',
  name: ObjectName,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await send(AbortSignal.timeout(callWithinMs));
  } catch (cause) {
    const { status, code } = awsAnswer(cause);
    // A bucket that is missing is a 404 as well, and nothing to begin a new record in.
    if (code === 'NoSuchKey' || status === 412) return undefined;
    // 409: somebody else writes at this moment. The outcome is as unknown as after a lost answer.
    const message = `The ${name} could not be ${did} in S3 (${awsWords(cause)}).`;
    throw new ParityError('record_unavailable', message, { cause });
  }
}
