import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import type { Statement } from './policy-document.ts';
import { privateBucket } from './private-bucket.ts';

/** Where the release record and its journal lie, outside both clusters. */
export function recordBucket(
  stack: TerraformStack,
  estate: Estate,
  { keyArn, logsTo }: { keyArn: string; logsTo: string },
): S3Bucket {
  const { bucket } = privateBucket(stack, estate, {
    purpose: 'record',
    keyArn,
    logsTo: { bucket: logsTo },
    keepOldDays: 400,
    statements: arn => [conditionalWritesOnly(arn)],
  });
  return bucket;
}

/** The record changes by compare-and-set: the bucket itself refuses a write that does not say what it replaces. */
function conditionalWritesOnly(arn: string): Statement {
  return {
    sid: 'ConditionalWritesOnly',
    effect: 'Deny',
    actions: ['s3:PutObject'],
    resources: [`${arn}/*`],
    principals: { AWS: '*' },
    conditions: { Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' } },
  };
}

/** The bucket that holds the record, and the key that it lies under. */
export interface RecordPlace {
  readonly recordArn: string;
  readonly keyArn: string;
}

/** What whoever writes the record may do to it: nobody deletes. */
export function useOfTheRecord({ recordArn, keyArn }: RecordPlace): Statement[] {
  return [
    {
      sid: 'ReadAndWriteTheRecord',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${recordArn}/*`],
    },
    // Without it S3 says 403 of an object that is not there yet, and not 404.
    { sid: 'ListTheRecord', actions: ['s3:ListBucket'], resources: [recordArn] },
    { sid: 'OpenTheRecord', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] },
  ];
}
