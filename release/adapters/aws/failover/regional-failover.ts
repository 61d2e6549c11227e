import { DocDBClient } from '@aws-sdk/client-docdb';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { isParityError, ParityError } from '../../../../domain/errors.ts';
import type { Contract } from '../../../../infra/outputs.ts';
import type { Clock } from '../../../ports.ts';
import { clientConfig, type AwsAccess } from '../aws-access.ts';
import { callAws } from '../call-aws.ts';
import { findFollower, moveRows, type RowsFollower, type RowsMove } from './rows-follower.ts';
import { endReplication, findReplica, isWritable, type VaultReplica } from './vault-replica.ts';

/** What is given up, and how. Everything is known without the first region: its state may be gone with it. */
export interface RegionalFailoverOptions {
  readonly access: Omit<AwsAccess, 'region'>;
  readonly regions: Contract['regions'];
  /** DocumentDB's global cluster; undefined where Atlas holds the rows and moves them by itself. */
  readonly globalCluster: string | undefined;
  /** Nothing is broken: nobody writes any more, and no row may be lost. */
  readonly planned: boolean;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}

/** What a failover would do now. Undefined is what needs nothing. */
export interface RegionalFailoverPlan {
  readonly firstRegionAnswers: boolean;
  readonly replica: VaultReplica | undefined;
  readonly follower: RowsFollower | undefined;
  readonly move: RowsMove;
}

/** Looks, and changes nothing. @throws ParityError `control_plane_down` when the replica's region does not answer */
export async function planRegionalFailover(options: RegionalFailoverOptions): Promise<RegionalFailoverPlan> {
  return await withClients(options, async ({ files, rows }) => {
    const { regions, globalCluster, planned } = options;
    const [firstRegionAnswers, replica, follower] = await Promise.all([
      answers(options),
      findReplica(files, regions),
      globalCluster === undefined ? undefined : findFollower(rows, globalCluster, regions),
    ]);
    const waiting = follower?.writes === true ? undefined : follower;
    return { firstRegionAnswers, replica, follower: waiting, move: planned ? 'switchover' : 'failover' };
  });
}

/**
 * Makes the second region's copies the ones that are written to, both at once. May be run again after it broke off: what
 * has been promoted is left alone.
 * @throws ParityError `control_plane_down`, `control_plane_refused`; `timed_out` when a promotion does not end
 */
export async function failOverRegion(
  options: RegionalFailoverOptions,
  plan: RegionalFailoverPlan,
): Promise<void> {
  await withClients(options, async clients => {
    await Promise.all([promoteVault(options, clients, plan), promoteRows(options, clients, plan)]);
  });
}

interface Clients {
  readonly files: EFSClient;
  readonly rows: DocDBClient;
}

async function withClients<T>(
  { access, regions }: RegionalFailoverOptions,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  const config = clientConfig({ ...access, region: regions.replica });
  const clients = { files: new EFSClient(config), rows: new DocDBClient(config) };
  try {
    return await work(clients);
  } finally {
    clients.files.destroy();
    clients.rows.destroy();
  }
}

/** Whether the first region's control plane answers at all; a refusal is an answer. */
async function answers({ access, regions }: RegionalFailoverOptions): Promise<boolean> {
  const client = new EFSClient(clientConfig({ ...access, region: regions.first }, 1));
  try {
    const command = new DescribeFileSystemsCommand({ MaxItems: 1 });
    await callAws(`look at ${regions.first}`, options => client.send(command, options));
    return true;
  } catch (error) {
    if (isParityError(error, 'control_plane_down')) return false;
    if (isParityError(error, 'control_plane_refused')) return true;
    throw error;
  } finally {
    client.destroy();
  }
}

async function promoteVault(
  { regions, clock, tell }: RegionalFailoverOptions,
  { files }: Clients,
  { replica, firstRegionAnswers }: RegionalFailoverPlan,
): Promise<void> {
  if (replica === undefined) return;
  tell(`vault: ending the replication of ${replica.sourceId}`);
  await endReplication(files, replica, !firstRegionAnswers);
  await until(clock, `${replica.replicaId} is not writable`, () => isWritable(files, replica, regions));
  tell(`vault: ${replica.replicaId} in ${regions.replica} is writable`);
}

async function promoteRows(
  { regions, clock, tell }: RegionalFailoverOptions,
  { rows }: Clients,
  { follower, move }: RegionalFailoverPlan,
): Promise<void> {
  if (follower === undefined) return;
  tell(`rows: ${move} of ${follower.globalCluster} to ${regions.replica}`);
  await moveRows(rows, follower, move);
  const isMoved = async () => (await findFollower(rows, follower.globalCluster, regions)).writes;
  await until(clock, `${follower.arn} is not written to`, isMoved);
  tell(`rows: ${follower.arn} is written to`);
}

/** A promotion takes minutes (Amazon EFS and DocumentDB guides); one that takes longer than this needs a person. */
const promotedWithinMs = 30 * 60_000;
const lookEveryMs = 5_000;

async function until(clock: Clock, still: string, isSo: () => Promise<boolean>): Promise<void> {
  const began = clock.monotonic();
  while (!(await isSo())) {
    if (clock.monotonic() - began >= promotedWithinMs)
      throw new ParityError(
        'timed_out',
        `After ${promotedWithinMs / 60_000} minutes ${still}. The same command goes on from here.`,
      );
    await clock.delay(lookEveryMs);
  }
}
