import { CreateDBClusterCommand, CreateGlobalClusterCommand, DocDBClient } from '@aws-sdk/client-docdb';
import {
  CreateFileSystemCommand,
  CreateReplicationConfigurationCommand,
  EFSClient,
  UpdateFileSystemProtectionCommand,
} from '@aws-sdk/client-efs';
import type { Contract } from '../../../../infra/outputs.ts';
import type { AwsAccess } from '../aws-access.ts';

/** A vault in the first region, replicated to the second. */
export async function makeReplicatedVault(access: AwsAccess, token: string): Promise<void> {
  const client = new EFSClient(access);
  const vault = await client.send(new CreateFileSystemCommand({ CreationToken: token, Encrypted: true }));
  client.destroy();
  await replicate(access, vault.FileSystemId ?? '');
}

/** Makes a file system in the second region, and replicates one of the first into it. */
export async function replicate(access: AwsAccess, sourceId: string): Promise<void> {
  const region = 'eu-west-1';
  const [here, there] = [new EFSClient(access), new EFSClient({ ...access, region })];
  const { FileSystemId: id = '' } = await there.send(
    new CreateFileSystemCommand({ CreationToken: `replica-of-${sourceId}`, Encrypted: true }),
  );
  await there.send(
    new UpdateFileSystemProtectionCommand({ FileSystemId: id, ReplicationOverwriteProtection: 'DISABLED' }),
  );
  const Destinations = [{ Region: region, FileSystemId: id }];
  await here.send(new CreateReplicationConfigurationCommand({ SourceFileSystemId: sourceId, Destinations }));
  for (const client of [here, there]) client.destroy();
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
