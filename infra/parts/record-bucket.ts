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
