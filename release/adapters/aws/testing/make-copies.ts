import { CreateDBClusterCommand, CreateGlobalClusterCommand, DocDBClient } from '@aws-sdk/client-docdb';
import {
  CreateFileSystemCommand,
  CreateReplicationConfigurationCommand,
  EFSClient,
} from '@aws-sdk/client-efs';
import type { Contract } from '../../../../infra/outputs.ts';
import type { AwsAccess } from '../aws-access.ts';

/** A vault in the first region, replicated to the second. */
export async function makeReplicatedVault(access: AwsAccess, token: string): Promise<void> {
  const client = new EFSClient(access);
  const vault = await client.send(new CreateFileSystemCommand({ CreationToken: token, Encrypted: true }));
  await client.send(
    new CreateReplicationConfigurationCommand({
      SourceFileSystemId: vault.FileSystemId,
      Destinations: [{ Region: 'eu-west-1' }],
    }),
  );
  client.destroy();
}

/** A database whose first half is written to and whose second half follows. */
export async function makeGlobalDatabase(
  access: AwsAccess,
  globalCluster: string,
  { replica }: Contract['regions'],
): Promise<void> {
  const cluster = { Engine: 'docdb', EngineVersion: '5.0.0', GlobalClusterIdentifier: globalCluster };
  const user = { MasterUsername: 'parity', MasterUserPassword: 'a-long-password' };
  const first = new DocDBClient(access);
  const second = new DocDBClient({ ...access, region: replica });
  await first.send(new CreateGlobalClusterCommand(cluster));
  await first.send(new CreateDBClusterCommand({ DBClusterIdentifier: 'rows-first', ...cluster, ...user }));
  await second.send(new CreateDBClusterCommand({ DBClusterIdentifier: 'rows-second', ...cluster }));
  first.destroy();
  second.destroy();
}
