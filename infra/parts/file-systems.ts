import { EfsAccessPoint } from '@cdktf/provider-aws/lib/efs-access-point/index.js';
import { EfsBackupPolicy } from '@cdktf/provider-aws/lib/efs-backup-policy/index.js';
import { EfsFileSystemPolicy } from '@cdktf/provider-aws/lib/efs-file-system-policy/index.js';
import { EfsFileSystem } from '@cdktf/provider-aws/lib/efs-file-system/index.js';
import { EfsMountTarget } from '@cdktf/provider-aws/lib/efs-mount-target/index.js';
import { serviceNames, type ServiceName } from '../../domain/catalogue.ts';
import type { Contract } from '../outputs.ts';
import { accessOf, type FileSystemName } from '../service-access.ts';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { encryptionKey } from './encryption-key.ts';
import { mountPolicy } from './mount-policy.ts';
import { trustPods } from './policy-document.ts';
import { role } from './role.ts';
import { vaultReplica } from './vault-replica.ts';

/** One file system, for backups and for the contract. */
export interface FileSystem {
  readonly arn: string;
  readonly contract: Contract['data'][FileSystemName];
}

/** Both file systems, who mounts them, and the vault's replica. */
export interface FileSystems extends Readonly<Record<FileSystemName, FileSystem>> {
  readonly driverRoleArn: string;
  readonly replicaId: string;
}

interface Place {
  readonly network: Network;
  readonly replica: TerraformProvider;
}

/** Pods write as this user and group; an access point makes everybody it lets in into them. */
const posix = { uid: 10_001, gid: 10_001 } as const;

/** The spool, which no backup ever holds, and the vault, which is copied to the second region within minutes. */
export function fileSystems(stack: TerraformStack, estate: Estate, { network, replica }: Place): FileSystems {
  const { account } = estate.configuration;
  const driver = role(stack, 'file-system-driver-role', {
    name: estate.names.shared('file-system-driver'),
    why: 'mounts the file systems for pods, through their access points; the file systems decide',
    trust: trustPods(account),
    statements: [
      {
        sid: 'LookAtFileSystems',
        actions: [
          'elasticfilesystem:DescribeAccessPoints',
          'elasticfilesystem:DescribeFileSystems',
          'elasticfilesystem:DescribeMountTargets',
        ],
        resources: [`arn:aws:elasticfilesystem:${estate.configuration.region}:${account}:*`],
      },
    ],
  });
  const make = (name: FileSystemName) =>
    fileSystem(stack, estate, { name, network, driverRoleArn: driver.arn });
  const spool = make('spool');
  const vault = make('vault');
  const replicaId = vaultReplica(stack, estate, { sourceId: vault.contract.id, provider: replica });
  return { spool, vault, driverRoleArn: driver.arn, replicaId };
}

interface Kind {
  readonly name: FileSystemName;
  readonly network: Network;
  readonly driverRoleArn: string;
}

function fileSystem(
  stack: TerraformStack,
  estate: Estate,
  { name, network, driverRoleArn }: Kind,
): FileSystem {
  const { names, configuration } = estate;
  const key = encryptionKey(stack, estate, { purpose: name, why: `the ${name}'s file system` });
  const made = new EfsFileSystem(stack, name, {
    creationToken: names.shared(name),
    encrypted: true,
    kmsKeyId: key.arn,
    performanceMode: 'generalPurpose',
    throughputMode: 'elastic',
    tags: { Name: names.shared(name) },
  });
  for (const [at, zone] of configuration.zones.entries()) {
    new EfsMountTarget(stack, `${name}-${zone}`, {
      fileSystemId: made.id,
      subnetId: network.subnets.intra[at] ?? '',
      securityGroups: [network.groups[name]],
    });
  }
  // Automatic backups go to a vault that nobody locks: the plan in backups.ts is the only one.
  new EfsBackupPolicy(stack, `${name}-automatic-backup`, {
    fileSystemId: made.id,
    backupPolicy: { status: 'DISABLED' },
  });
  const accessPoints = accessPointsOf(stack, { names, name, fileSystemId: made.id });
  new EfsFileSystemPolicy(stack, `${name}-policy`, {
    fileSystemId: made.id,
    policy: mountPolicy({
      fileSystemArn: made.arn,
      account: configuration.account,
      mounting: { driverRoleArn, accessPointArns: accessPoints.map(([, point]) => point.arn) },
    }),
  });
  const ids = Object.fromEntries(accessPoints.map(([service, point]) => [service, point.id]));
  return { arn: made.arn, contract: { id: made.id, accessPoints: ids } };
}

type AccessPoints = readonly (readonly [ServiceName, EfsAccessPoint])[];

/** One for each service that uses the file system; all see the same folder, as the same user. */
function accessPointsOf(
  stack: TerraformStack,
  { names, name, fileSystemId }: { names: Estate['names']; name: FileSystemName; fileSystemId: string },
): AccessPoints {
  const users = serviceNames.filter(service => accessOf(service).fileSystems.includes(name));
  return users.map(service => [
    service,
    new EfsAccessPoint(stack, `${name}-of-${service}`, {
      fileSystemId,
      posixUser: posix,
      rootDirectory: {
        path: '/parity',
        creationInfo: { ownerUid: posix.uid, ownerGid: posix.gid, permissions: '0750' },
      },
      tags: { Name: names.shared(`${name}-${service}`) },
    }),
  ]);
}
