import type {
  DescribeFileSystemsResponse,
  DescribeMountTargetsResponse,
  ReplicationConfigurationDescription,
} from '@aws-sdk/client-efs';
import { ago } from './look.ts';

/** Replication carries most changes within fifteen minutes (Amazon EFS User Guide, "Replicating file systems"). */
const replicationWithinMs = 60 * 60 * 1_000;

/** A file system that is not available is being made, changed or taken away. */
export function lifeCycleFault({
  FileSystems: [found] = [],
}: DescribeFileSystemsResponse): string | undefined {
  if (found === undefined) return 'it is not there: ./parity infra plan says what is missing';
  const { LifeCycleState: state } = found;
  return state === 'available' ? undefined : `it is ${state}: wait until it is available`;
}

/** Pods of a zone without a mount target of its own do not start there, or depend on another zone. */
export function mountTargetFault(
  { MountTargets: targets = [] }: DescribeMountTargetsResponse,
  zones: readonly string[],
): string | undefined {
  const served = targets
    .filter(({ LifeCycleState: state }) => state === 'available')
    .map(({ AvailabilityZoneName: zone }) => zone);
  const missing = zones.filter(zone => !served.includes(zone));
  if (missing.length === 0) return undefined;
  return `no mount target is available in ${missing.join(' and ')}, which both clusters use: ./parity infra apply makes it`;
}

/** Without replication, or with one that is far behind, a lost region takes more papers with it than was promised. */
export function replicationFault(
  [found]: readonly ReplicationConfigurationDescription[],
  nowMs: number,
): string | undefined {
  const [replica] = found?.Destinations ?? [];
  if (replica === undefined) return 'it is not replicated: ./parity infra apply makes the replica';
  const { Status: status, StatusMessage: message, Region: region } = replica;
  if (status !== 'ENABLED') {
    const told = message === undefined ? '' : ` (${message})`;
    return `its replication to ${region} is ${status}${told}: put that right before anything else changes`;
  }
  const lastMs = replica.LastReplicatedTimestamp?.getTime();
  if (lastMs === undefined) return `nothing has reached ${region} yet: wait for the first copy`;
  if (nowMs - lastMs <= replicationWithinMs) return undefined;
  return `the last copy that reached ${region} was made ${ago(lastMs, nowMs)}: look at its TimeSinceLastSync`;
}
