import { EfsBackupPolicy } from '@cdktf/provider-aws/lib/efs-backup-policy/index.js';
import { EfsFileSystemPolicy } from '@cdktf/provider-aws/lib/efs-file-system-policy/index.js';
import { EfsFileSystem } from '@cdktf/provider-aws/lib/efs-file-system/index.js';
import { EfsReplicationConfiguration } from '@cdktf/provider-aws/lib/efs-replication-configuration/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { encryptionKey } from './encryption-key.ts';
import { mountPolicy } from './mount-policy.ts';

interface Place {
  /** The vault's id. */
  readonly sourceId: string;
  readonly provider: TerraformProvider;
}

/**
 * The vault in the second region: under a key of ours, with a policy that lets nobody in before it is promoted. It is a
 * file system of ours and not one that the replication makes, for that would outlive a `destroy`. Gives its id.
 */
export function vaultReplica(stack: TerraformStack, estate: Estate, { sourceId, provider }: Place): string {
  const { replicaRegion: region, account } = estate.configuration;
  const name = 'vault-replica';
  const key = encryptionKey(stack, estate, { purpose: name, why: "the vault's replica", provider });
  const replica = new EfsFileSystem(stack, name, {
    provider,
    creationToken: estate.names.shared(name),
    encrypted: true,
    kmsKeyId: key.arn,
    performanceMode: 'generalPurpose',
    throughputMode: 'elastic',
    protection: { replicationOverwrite: 'DISABLED' },
    tags: { Name: estate.names.shared(name) },
    // Off only until the replication is made: then AWS says REPLICATING, which nobody may change, and ENABLED when it
    // is promoted. From there on no apply overwrites it: AWS refuses to.
    lifecycle: { ignoreChanges: ['protection'] },
  });
  const policies = [
    new EfsBackupPolicy(stack, `${name}-automatic-backup`, {
      provider,
      fileSystemId: replica.id,
      backupPolicy: { status: 'DISABLED' },
    }),
    new EfsFileSystemPolicy(stack, `${name}-policy`, {
      provider,
      fileSystemId: replica.id,
      policy: mountPolicy({ fileSystemArn: replica.arn, account }),
    }),
  ];
  new EfsReplicationConfiguration(stack, 'vault-replication', {
    sourceFileSystemId: sourceId,
    destination: { region, fileSystemId: replica.id },
    dependsOn: policies,
  });
  return replica.id;
}
