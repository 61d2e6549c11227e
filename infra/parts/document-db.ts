import { DocdbClusterInstance } from '@cdktf/provider-aws/lib/docdb-cluster-instance/index.js';
import { DocdbClusterParameterGroup } from '@cdktf/provider-aws/lib/docdb-cluster-parameter-group/index.js';
import { DocdbCluster, type DocdbClusterConfig } from '@cdktf/provider-aws/lib/docdb-cluster/index.js';
import { DocdbGlobalCluster } from '@cdktf/provider-aws/lib/docdb-global-cluster/index.js';
import { DocdbSubnetGroup } from '@cdktf/provider-aws/lib/docdb-subnet-group/index.js';
import type { Configuration } from '../configuration.ts';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { servicesUsers } from '../rotation/rotate-secret.ts';
import { ports } from '../traffic.ts';
import type { Database, DatabaseGround } from './database-ground.ts';
import { encryptionKey } from './encryption-key.ts';
import { logGroup } from './log-group.ts';
import { generatedSecret, type GeneratedSecret } from './generated-secret.ts';
import { rotation } from './rotation.ts';

const engineVersion = '5.0.0';

/** Days of continuous backup: any second of them can be restored. */
const continuousDays = 30;

type Ground = DatabaseGround & { readonly settings: Configuration['database'] & { kind: 'documentdb' } };

/** Amazon DocumentDB: a global cluster, written in the first region, followed in the second. */
export function documentDb(stack: TerraformStack, estate: Estate, ground: Ground): Database {
  const { names, settings } = estate;
  const world = new DocdbGlobalCluster(stack, 'rows', {
    globalClusterIdentifier: names.shared('rows'),
    engine: 'docdb',
    engineVersion,
    storageEncrypted: true,
    deletionProtection: settings.guarded,
  });
  const { administrator, services } = credentials(stack, estate, ground.secretsKeyArn);
  const first = writtenHalf(stack, estate, { world, administrator, ground });
  const written = instances(stack, estate, { ground, cluster: first, count: ground.settings.instances });
  const follower = regionalCluster(stack, estate, {
    id: 'rows-second',
    world,
    subnets: ground.second.subnets,
    groupId: ground.second.groupId,
    logsKeyArn: ground.second.logsKeyArn,
    provider: ground.replica,
    after: written,
    settings: {},
  });
  instances(stack, estate, { ground, cluster: follower, count: 1, provider: ground.replica });
  const secretArn = services.secret.arn;
  rotation(stack, estate, {
    ...{ name: names.shared('database'), network: ground.network, administrator, services },
    keyArn: ground.secretsKeyArn,
    whose: 'the database',
    logGroup: `/${names.estate}/rotation-database`,
    group: 'database-rotation',
    entry: 'infra/rotation/database/main.ts',
    packages: ['mongodb'],
    environment: {
      DATABASE_URL: `mongodb://${first.endpoint}:${ports.mongodb}/?tls=true&replicaSet=rs0&retryWrites=false`,
      DATABASE_ADMINISTRATOR: administrator.username,
      DATABASE_ROWS: 'parity',
      // Lambda brings the authorities of Amazon's databases, and leaves it to the function to trust them.
      NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
    },
    after: written,
  });
  return {
    secretArn,
    backedUp: [{ arn: first.arn, kind: 'DocumentDB' }],
    contract: { kind: 'documentdb', host: first.endpoint, secretArn },
  };
}

/** The administrator's, which the rotation alone uses, and the services': what Amazon's own rotation is not for, a global cluster. */
function credentials(stack: TerraformStack, estate: Estate, keyArn: string) {
  const { names } = estate;
  return {
    administrator: generatedSecret(stack, estate, {
      id: 'administrator',
      // The primary user's name takes letters and digits only.
      username: 'parityadministrator',
      name: names.shared('administrator-of-database'),
      why: 'the administrator of the rows; only its rotation uses it',
      keyArn,
    }),
    services: generatedSecret(stack, estate, {
      id: 'services',
      username: servicesUsers[0],
      name: names.shared('database'),
      why: 'services at the rows',
      keyArn,
    }),
  };
}

interface Written {
  readonly world: DocdbGlobalCluster;
  readonly administrator: GeneratedSecret;
  readonly ground: Ground;
}

/** The first region's cluster, whose password is read back from the secret: a run that broke off leaves one, not two. */
function writtenHalf(
  stack: TerraformStack,
  estate: Estate,
  { world, administrator, ground }: Written,
): DocdbCluster {
  const { username, version } = administrator;
  const stored = 'ephemeral.aws_secretsmanager_secret_version.stored';
  stack.addOverride(stored, {
    secret_id: `\${${version.terraformResourceType}.${version.friendlyUniqueId}.secret_id}`,
  });
  return regionalCluster(stack, estate, {
    id: 'rows-first',
    world,
    subnets: ground.network.subnets.intra,
    groupId: ground.network.groups.database,
    logsKeyArn: ground.network.logsKeyArn,
    after: [],
    settings: {
      masterUsername: username,
      masterPasswordWo: `\${jsondecode(${stored}.secret_string).password}`,
      masterPasswordWoVersion: 1,
    },
  });
}

interface Instances {
  readonly ground: Ground;
  readonly cluster: DocdbCluster;
  readonly count: number;
  readonly provider?: TerraformProvider;
}

function instances(
  stack: TerraformStack,
  { names }: Estate,
  { ground, cluster, count, provider }: Instances,
): DocdbClusterInstance[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `${cluster.node.id}-${at}`;
    return new DocdbClusterInstance(stack, id, {
      provider,
      identifier: names.shared(id),
      clusterIdentifier: cluster.id,
      instanceClass: ground.settings.instanceType,
      autoMinorVersionUpgrade: true,
    });
  });
}

interface Half {
  readonly id: string;
  readonly world: DocdbGlobalCluster;
  readonly subnets: readonly string[];
  readonly groupId: string;
  readonly logsKeyArn: string;
  readonly provider?: TerraformProvider;
  /** What must stand before it. */
  readonly after: readonly DocdbClusterInstance[];
  readonly settings: Partial<DocdbClusterConfig>;
}

function regionalCluster(stack: TerraformStack, estate: Estate, half: Half): DocdbCluster {
  const { id, world, subnets, groupId, logsKeyArn, provider, after, settings } = half;
  const {
    names,
    settings: { guarded },
  } = estate;
  const name = names.shared(id);
  const key = encryptionKey(stack, estate, { purpose: id, why: `rows (${id})`, provider });
  const subnetGroup = new DocdbSubnetGroup(stack, `${id}-subnets`, {
    provider,
    name,
    subnetIds: [...subnets],
  });
  const parameters = new DocdbClusterParameterGroup(stack, `${id}-parameters`, {
    provider,
    name,
    family: 'docdb5.0',
    parameter: [
      { name: 'tls', value: 'enabled' },
      { name: 'audit_logs', value: 'enabled' },
    ],
  });
  // DocumentDB would make the group itself, under AWS's key and for ever.
  const audit = logGroup(stack, `${id}-audit`, {
    name: `/aws/docdb/${name}/audit`,
    keyArn: logsKeyArn,
    provider,
  });
  return new DocdbCluster(stack, id, {
    provider,
    dependsOn: [audit, ...after],
    clusterIdentifier: name,
    globalClusterIdentifier: world.id,
    engine: 'docdb',
    engineVersion,
    port: ports.mongodb,
    storageEncrypted: true,
    kmsKeyId: key.arn,
    dbSubnetGroupName: subnetGroup.name,
    dbClusterParameterGroupName: parameters.name,
    vpcSecurityGroupIds: [groupId],
    backupRetentionPeriod: continuousDays,
    preferredBackupWindow: '00:30-01:30',
    enabledCloudwatchLogsExports: ['audit'],
    deletionProtection: guarded,
    skipFinalSnapshot: !guarded,
    finalSnapshotIdentifier: `${name}-final`,
    ...settings,
  });
}
