import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import type { ServiceName } from '../../domain/catalogue.ts';
import { backups } from '../parts/backups.ts';
import { userCache } from '../parts/user-cache.ts';
import { contractOutput } from '../parts/contract-output.ts';
import { database } from '../parts/database.ts';
import { documentsKey } from '../parts/documents-key.ts';
import { fileSystems } from '../parts/file-systems.ts';
import { encryptionKey } from '../parts/encryption-key.ts';
import { linkKeys } from '../parts/link-keys.ts';
import { replicaNetwork } from '../parts/replica-network.ts';
import { serviceRoles } from '../parts/service-roles.ts';
import { openReplicaRegion, openStack, type Estate } from '../stack.ts';
import type { Network } from './network.ts';

/** What the clusters take from the data stack. */
export interface Data {
  readonly serviceRoles: Readonly<Record<ServiceName, string>>;
  readonly fileSystemDriverRole: string;
}

/** What both clusters keep their papers in, and its second home in the replica region. */
export function dataStack(estate: Estate, network: Network): Data {
  const stack = openStack(estate, 'data');
  const replica = openReplicaRegion(stack, estate);
  const secretsKey = encryptionKey(stack, estate, {
    purpose: 'data-secrets',
    why: 'credentials of database and push, keys of links',
  });
  const documentsKeyArn = documentsKey(stack, estate, replica);
  const files = fileSystems(stack, estate, { network, replica });
  const second = replicaNetwork(stack, estate, replica);
  const rows = database(stack, estate, { network, replica, second, secretsKeyArn: secretsKey.arn });
  const cache = userCache(stack, estate, network);
  const links = linkKeys(stack, estate, { keyArn: secretsKey.arn });
  const push = new SecretsmanagerSecret(stack, 'push', {
    name: estate.names.shared('push'),
    description: "FCM's service account; its value is put in by an operator",
    kmsKeyId: secretsKey.arn,
    recoveryWindowInDays: estate.settings.guarded ? 30 : 0,
  });
  const papers = { arn: files.vault.arn, kind: 'EFS' } as const;
  const vault = backups(stack, estate, { replica, resources: [papers, ...rows.backedUp] });
  const secrets = { keyArn: secretsKey.arn, database: rows.secretArn, links, push: push.arn };
  const roles = serviceRoles(stack, estate, { documentsKeyArn, secrets });
  contractOutput(stack, {
    data: {
      spool: files.spool.contract,
      vault: files.vault.contract,
      documentsKeyArn,
      database: rows.contract,
      cache,
      linksSecretArn: links,
      pushSecretArn: push.arn,
      backupVault: vault,
      replicaFileSystemId: files.replicaId,
    },
  });
  return { serviceRoles: roles, fileSystemDriverRole: files.driverRoleArn };
}
