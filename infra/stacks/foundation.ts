import { encryptionKey } from '../parts/encryption-key.ts';
import type { Statement } from '../parts/policy-document.ts';
import { privateBucket } from '../parts/private-bucket.ts';
import { openStack, type Estate } from '../stack.ts';

/** What `./parity infra bootstrap` makes first: where states lie, and where everything's access logs go. */
export interface Foundation {
  /** The name of the bucket for access logs of buckets and load balancers. */
  readonly logsBucket: string;
}

/** The state bucket, its key, and the bucket for access logs. */
export function foundationStack(estate: Estate): Foundation {
  const stack = openStack(estate, 'foundation');
  const logs = privateBucket(stack, estate, {
    purpose: 'logs',
    keepDays: 400,
    keepOldDays: 30,
    statements: arn => deliveryOfLogs(arn, estate),
  });
  const key = encryptionKey(stack, estate, { purpose: 'state', why: 'the states of every stack' });
  privateBucket(stack, estate, {
    purpose: 'state',
    keyArn: key.arn,
    logsTo: { bucket: logs.bucket.id, after: logs.rules },
    keepOldDays: 90,
  });
  return { logsBucket: logs.bucket.bucket };
}

/** S3 and the load balancers write here, each under its own prefix and for this account only. */
function deliveryOfLogs(arn: string, { configuration: { account } }: Estate): Statement[] {
  const forUs = { StringEquals: { 'aws:SourceAccount': account } };
  return [
    {
      sid: 'AccessLogsOfBuckets',
      actions: ['s3:PutObject'],
      resources: [`${arn}/s3/*`],
      principals: { Service: 'logging.s3.amazonaws.com' },
      conditions: forUs,
    },
    {
      sid: 'AccessLogsOfFirewalls',
      actions: ['s3:PutObject'],
      resources: [`${arn}/firewall/*`],
      principals: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    },
    {
      sid: 'AccessLogsOfEntries',
      actions: ['s3:PutObject'],
      resources: [`${arn}/entry/*`],
      principals: { Service: 'delivery.logs.amazonaws.com' },
      conditions: forUs,
    },
    {
      sid: 'EntriesLookFirst',
      actions: ['s3:GetBucketAcl'],
      resources: [arn],
      principals: { Service: 'delivery.logs.amazonaws.com' },
      conditions: forUs,
    },
  ];
}
