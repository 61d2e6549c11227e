import {
  DeleteReplicationConfigurationCommand,
  DescribeFileSystemsCommand,
  type EFSClient,
  type ReplicationConfigurationDescription,
} from '@aws-sdk/client-efs';
import { ParityError } from '../../../../domain/errors.ts';
import type { Contract } from '../../../../infra/outputs.ts';
import { callAws } from '../call-aws.ts';
import { describeReplications } from '../describe-replications.ts';

/** The vault's replica, read-only for as long as it is replicated to. */
export interface VaultReplica {
  readonly sourceId: string;
  readonly replicaId: string;
  /** What was written before it is in the replica for certain; undefined when nothing ever arrived. */
  readonly lastSyncMs: number | undefined;
}

type Regions = Contract['regions'];

/**
 * Asks the replica's region alone, for the first one may be gone. Undefined when no replication leads here (any more).
 * @throws ParityError `control_plane_refused` when there is more than one, for then nobody knows which is the vault's
 */
export async function findReplica(client: EFSClient, regions: Regions): Promise<VaultReplica | undefined> {
  const found = await callAws(`look at the replications in ${regions.replica}`, options =>
    describeReplications(client, {}, options),
  );
  const [one, another] = found.flatMap(replication => replicaIn(replication, regions));
  if (another === undefined) return one;
  const ids = [one, another].map(replica => replica?.sourceId).join(' and ');
  throw new ParityError(
    'control_plane_refused',
    `More than one file system of ${regions.first} is replicated to ${regions.replica} (${ids}): Parity makes one, promote by hand.`,
  );
}

function replicaIn(
  {
    SourceFileSystemId: sourceId,
    SourceFileSystemRegion: from,
    Destinations: to,
  }: ReplicationConfigurationDescription,
  { first, replica }: Regions,
): VaultReplica[] {
  const destination = to?.find(({ Region: region }) => region === replica);
  if (from !== first || sourceId === undefined || destination?.FileSystemId === undefined) return [];
  const lastSyncMs = destination.LastReplicatedTimestamp?.getTime();
  return [{ sourceId, replicaId: destination.FileSystemId, lastSyncMs }];
}

/**
 * Ends the replication, which makes the replica writable. `alone`: the first region does not answer, so only this side
 * of the replication is deleted (Amazon EFS API reference, DeletionMode).
 */
export async function endReplication(
  client: EFSClient,
  { sourceId }: VaultReplica,
  alone: boolean,
): Promise<void> {
  const command = new DeleteReplicationConfigurationCommand({
    SourceFileSystemId: sourceId,
    DeletionMode: alone ? 'LOCAL_CONFIGURATION_ONLY' : 'ALL_CONFIGURATIONS',
  });
  await callAws(`end the replication of ${sourceId}`, options => client.send(command, options));
}

/** True when the replica is a file system of its own, ready to be written to. */
export async function isWritable(
  client: EFSClient,
  { sourceId, replicaId }: VaultReplica,
  regions: Regions,
): Promise<boolean> {
  const still = await findReplica(client, regions);
  if (still?.sourceId === sourceId) return false;
  const command = new DescribeFileSystemsCommand({ FileSystemId: replicaId });
  const answer = await callAws(`look at ${replicaId}`, options => client.send(command, options));
  return answer.FileSystems?.[0]?.LifeCycleState === 'available';
}
