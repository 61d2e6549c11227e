import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { policyDocument, type Statement } from './policy-document.ts';

/** What a key is for and who besides the account's own roles uses it. */
export interface KeyPurpose {
  /** `vault`, `logs`: part of the alias, and the construct's name with `-key` behind it. */
  readonly purpose: string;
  readonly why: string;
  /** The region whose CloudWatch Logs use it for this account's log groups; none where no logs lie under it. */
  readonly logsOf?: string;
  /** True when a replica of it is made in the second region. */
  readonly multiRegion?: boolean;
  readonly provider?: TerraformProvider;
}

const administration = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ReplicateKey',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:SynchronizeMultiRegionKey',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
  'kms:UpdatePrimaryRegion',
] as const;

/** What using a key means; for a service, and for roles whose own policy also says so. */
export const keyUse = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/** A customer-managed key with yearly rotation and the longest waiting time before deletion. */
export function encryptionKey(stack: TerraformStack, estate: Estate, use: KeyPurpose): KmsKey {
  const { purpose, why, multiRegion, provider } = use;
  const key = new KmsKey(stack, `${purpose}-key`, {
    description: why,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    multiRegion,
    provider,
    policy: keyPolicy(estate, use),
  });
  new KmsAlias(stack, `${purpose}-key-alias`, {
    name: `alias/${estate.names.shared(purpose)}`,
    targetKeyId: key.keyId,
    provider,
  });
  return key;
}

/** The account administers and delegates by IAM; logs use the key for this account's own groups only. */
export function keyPolicy({ configuration: { account } }: Estate, { logsOf }: Pick<KeyPurpose, 'logsOf'>) {
  const root = { AWS: `arn:aws:iam::${account}:root` };
  const statements: Statement[] = [
    { sid: 'Administer', actions: administration, resources: ['*'], principals: root },
    { sid: 'UseWhereIamSaysSo', actions: keyUse, resources: ['*'], principals: root },
  ];
  return policyDocument(logsOf === undefined ? statements : [...statements, useByLogs(logsOf, account)]);
}

/** Source: Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS": the group's ARN is the context. */
function useByLogs(region: string, account: string): Statement {
  const groups = `arn:aws:logs:${region}:${account}:log-group:*`;
  return {
    sid: 'UseByLogs',
    actions: keyUse,
    resources: ['*'],
    principals: { Service: `logs.${region}.amazonaws.com` },
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
  };
}
