import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { planNetwork } from '../network-plan.ts';
import { contractOutput } from '../parts/contract-output.ts';
import { encryptionKey } from '../parts/encryption-key.ts';
import { endpoints } from '../parts/endpoints.ts';
import { flowLogs } from '../parts/flow-logs.ts';
import { securityGroups, type SecurityGroups } from '../parts/security-groups.ts';
import { subnets, type Subnets } from '../parts/subnets.ts';
import { openStack, type Estate } from '../stack.ts';

/** What other stacks take from the network. */
export interface Network {
  readonly vpcId: string;
  readonly subnets: Subnets;
  readonly groups: SecurityGroups;
  /** The key of every log group of the pair. */
  readonly logsKeyArn: string;
}

/** One VPC for the pair: three zones, private, intra and public subnets, endpoints, flow logs, all security groups. */
export function networkStack(estate: Estate): Network {
  const { configuration, names } = estate;
  const stack = openStack(estate, 'network');
  const logsKey = encryptionKey(stack, estate, {
    purpose: 'logs',
    why: 'log groups of the pair',
    logsOf: configuration.region,
  });
  const vpc = new Vpc(stack, 'vpc', {
    cidrBlock: configuration.network.cidr,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: { Name: names.estate },
  });
  // A VPC's own group lets its members speak to each other: emptied, so that nothing lands in it unnoticed.
  new DefaultSecurityGroup(stack, 'default-group', { vpcId: vpc.id });
  flowLogs(stack, estate, { id: 'flow', vpcId: vpc.id, keyArn: logsKey.arn });
  const made = subnets(stack, estate, { vpc, plan: planNetwork(configuration.network.cidr) });
  const groups = securityGroups(stack, { vpcId: vpc.id, names });
  endpoints(stack, estate, { vpcId: vpc.id, subnets: made, groupId: groups.endpoints });
  contractOutput(stack, {
    regions: { first: configuration.region, replica: configuration.replicaRegion },
    network: { vpcId: vpc.id, privateSubnets: [...made.private], zones: [...names.zones] },
  });
  return { vpcId: vpc.id, subnets: made, groups, logsKeyArn: logsKey.arn };
}
