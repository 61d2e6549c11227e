import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { planNetwork } from '../network-plan.ts';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { encryptionKey } from './encryption-key.ts';
import { flowLogs } from './flow-logs.ts';

/** Where the second region's half of the database stands: subnets without a way out, and a group without a rule. */
export interface ReplicaNetwork {
  readonly vpcId: string;
  readonly subnets: readonly string[];
  /** Nobody speaks to the replica until it is promoted (docs/operations/regional-failure.md, step 3, adds the rule). */
  readonly groupId: string;
  /** The key of log groups there. */
  readonly logsKeyArn: string;
}

/** The smallest network that a replica of the database can live in. */
export function replicaNetwork(
  stack: TerraformStack,
  estate: Estate,
  provider: TerraformProvider,
): ReplicaNetwork {
  const { configuration, names } = estate;
  const vpc = new Vpc(stack, 'replica-vpc', {
    provider,
    cidrBlock: configuration.network.replicaCidr,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: { Name: names.shared('replica') },
  });
  new DefaultSecurityGroup(stack, 'replica-default-group', { provider, vpcId: vpc.id });
  const key = encryptionKey(stack, estate, {
    purpose: 'replica-logs',
    why: 'log groups in the replica region',
    logsOf: configuration.replicaRegion,
    provider,
  });
  const logs: CloudwatchLogGroup = flowLogs(stack, estate, {
    id: 'replica-flow',
    vpcId: vpc.id,
    keyArn: key.arn,
    provider,
  });
  const subnets = planNetwork(configuration.network.replicaCidr).map(({ intra }, at) => {
    const id = `replica-${at}`;
    const availabilityZone = `${configuration.replicaRegion}${configuration.replicaZones[at]}`;
    return new Subnet(stack, id, {
      provider,
      vpcId: vpc.id,
      availabilityZone,
      cidrBlock: intra,
      tags: { Name: names.shared(id) },
    }).id;
  });
  const group = new SecurityGroup(stack, 'replica-database-group', {
    provider,
    name: names.shared('replica-database'),
    description: 'the replica of the database: nobody may speak to it before it is promoted',
    vpcId: vpc.id,
    dependsOn: [logs],
  });
  return { vpcId: vpc.id, subnets, groupId: group.id, logsKeyArn: key.arn };
}
