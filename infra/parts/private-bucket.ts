import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { policyDocument, type Statement } from './policy-document.ts';

/** A bucket's purpose and what is particular about it. */
export interface BucketDescription {
  readonly purpose: string;
  /** Our key; without one S3's own keys, for what other services write and cannot encrypt with ours. */
  readonly keyArn?: string;
  /** The bucket that gets its access log, and what must be there before it may; none only for that bucket itself. */
  readonly logsTo?: { readonly bucket: string; readonly after?: S3BucketPolicy };
  /** Days after which an object that was overwritten or deleted goes for good. */
  readonly keepOldDays: number;
  /** Days after which objects go; without it they stay. */
  readonly keepDays?: number;
  /** Further statements of its policy, given the bucket's ARN. */
  readonly statements?: (arn: string) => readonly Statement[];
}

/** The bucket, and its policy. */
export interface PrivateBucket {
  readonly bucket: S3Bucket;
  readonly rules: S3BucketPolicy;
}

/** A versioned, encrypted bucket that answers over TLS only and can never be made public. */
export function privateBucket(
  stack: TerraformStack,
  estate: Estate,
  description: BucketDescription,
): PrivateBucket {
  const { purpose, keyArn, statements = () => [] } = description;
  const name = estate.names.bucket(purpose);
  const made = new S3Bucket(stack, `${purpose}-bucket`, {
    bucket: name,
    forceDestroy: !estate.settings.guarded,
  });
  const id = `${purpose}-bucket`;
  const bucket = made.id;
  new S3BucketVersioningA(stack, `${id}-versions`, {
    bucket,
    versioningConfiguration: { status: 'Enabled' },
  });
  new S3BucketServerSideEncryptionConfigurationA(stack, `${id}-encryption`, {
    bucket,
    rule: [
      {
        applyServerSideEncryptionByDefault:
          keyArn === undefined
            ? { sseAlgorithm: 'AES256' }
            : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
        bucketKeyEnabled: keyArn !== undefined,
      },
    ],
  });
  const closed = new S3BucketPublicAccessBlock(stack, `${id}-closed`, {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const rules = new S3BucketPolicy(stack, `${id}-policy`, {
    bucket,
    policy: policyDocument([overTlsOnly(made.arn), ...statements(made.arn)]),
    dependsOn: [closed],
  });
  lifecycle(stack, id, { bucket, description });
  logging(stack, id, { bucket, description });
  return { bucket: made, rules };
}

function overTlsOnly(arn: string): Statement {
  return {
    sid: 'OverTlsOnly',
    effect: 'Deny',
    actions: ['s3:*'],
    resources: [arn, `${arn}/*`],
    principals: { AWS: '*' },
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function lifecycle(
  stack: TerraformStack,
  id: string,
  { bucket, description: { keepDays, keepOldDays } }: { bucket: string; description: BucketDescription },
): void {
  new S3BucketLifecycleConfiguration(stack, `${id}-lifecycle`, {
    bucket,
    rule: [
      {
        id: 'forget',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        noncurrentVersionExpiration: [{ noncurrentDays: keepOldDays }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        ...(keepDays !== undefined && { expiration: [{ days: keepDays }] }),
      },
    ],
  });
}

function logging(
  stack: TerraformStack,
  id: string,
  { bucket, description: { logsTo } }: { bucket: string; description: BucketDescription },
): void {
  if (logsTo === undefined) return;
  const { bucket: targetBucket, after } = logsTo;
  const dependsOn = after === undefined ? [] : [after];
  new S3BucketLoggingA(stack, `${id}-log`, { bucket, targetBucket, targetPrefix: 's3/', dependsOn });
}
