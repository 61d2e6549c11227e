import {
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  SwitchoverGlobalClusterCommand,
  type DocDBClient,
  type GlobalClusterMember,
} from '@aws-sdk/client-docdb';
import { ParityError } from '../../../../domain/errors.ts';
import type { Contract } from '../../../../infra/outputs.ts';
import { callAws } from '../call-aws.ts';

/** The half of the database in the replica's region. */
export interface RowsFollower {
  readonly globalCluster: string;
  readonly arn: string;
  /** True when it is the one that is written to. */
  readonly writes: boolean;
}

/**
 * Asks the replica's region alone.
 * @throws ParityError `control_plane_refused` when there is no half in that region
 */
export async function findFollower(
  client: DocDBClient,
  globalCluster: string,
  { replica }: Contract['regions'],
): Promise<RowsFollower> {
  const command = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: globalCluster });
  const { GlobalClusters: [found] = [] } = await callAws(`look at the database ${globalCluster}`, options =>
    client.send(command, options),
  );
  const member = found?.GlobalClusterMembers?.find(({ DBClusterArn: arn }) => regionOf(arn) === replica);
  if (member?.DBClusterArn !== undefined)
    return { globalCluster, arn: member.DBClusterArn, writes: isWriter(member) };
  const message = `The database ${globalCluster} has no half in ${replica}: restore the rows from a backup (docs/operations/).`;
  throw new ParityError('control_plane_refused', message);
}

/** How the roles change: `switchover` waits until the follower has every row, `failover` gives up what it has not. */
export type RowsMove = 'switchover' | 'failover';

/** Asks that the follower be the one that is written to. */
export async function moveRows(
  client: DocDBClient,
  { globalCluster, arn }: RowsFollower,
  move: RowsMove,
): Promise<void> {
  const target = { GlobalClusterIdentifier: globalCluster, TargetDbClusterIdentifier: arn };
  await callAws(`${move} the database ${globalCluster}`, options =>
    move === 'failover'
      ? client.send(new FailoverGlobalClusterCommand({ ...target, AllowDataLoss: true }), options)
      : client.send(new SwitchoverGlobalClusterCommand(target), options),
  );
}

function isWriter({ IsWriter: writes }: GlobalClusterMember): boolean {
  return writes === true;
}

/** `arn:aws:rds:<region>:…` */
function regionOf(arn: string | undefined): string | undefined {
  return arn?.split(':')[3];
}
