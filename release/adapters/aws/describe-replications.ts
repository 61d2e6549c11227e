import {
  DescribeReplicationConfigurationsCommand,
  ReplicationNotFound,
  type DescribeReplicationConfigurationsRequest,
  type EFSClient,
  type ReplicationConfigurationDescription,
} from '@aws-sdk/client-efs';

/** The replications of a file system, or all that lead from or to the client's region; none is an answer, not an error. */
export async function describeReplications(
  client: EFSClient,
  of: Pick<DescribeReplicationConfigurationsRequest, 'FileSystemId'>,
  options: { readonly abortSignal: AbortSignal },
): Promise<readonly ReplicationConfigurationDescription[]> {
  try {
    const answer = await client.send(new DescribeReplicationConfigurationsCommand(of), options);
    return answer.Replications ?? [];
  } catch (error) {
    if (error instanceof ReplicationNotFound) return [];
    throw error;
  }
}
