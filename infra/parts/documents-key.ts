import { KmsReplicaKey } from '@cdktf/provider-aws/lib/kms-replica-key/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { encryptionKey, keyPolicy } from './encryption-key.ts';

/**
 * The master key that wraps every document's own key. It is multi-Region: a row that was restored in the replica
 * region must open there, without the first region. Gives its ARN.
 */
export function documentsKey(stack: TerraformStack, estate: Estate, replica: TerraformProvider): string {
  const why = "wraps documents' own keys, which lie in their rows";
  const key = encryptionKey(stack, estate, { purpose: 'documents', why, multiRegion: true });
  new KmsReplicaKey(stack, 'documents-key-replica', {
    provider: replica,
    primaryKeyArn: key.arn,
    description: why,
    deletionWindowInDays: 30,
    policy: keyPolicy(estate, {}),
  });
  return key.arn;
}
