import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import type { Names } from '../names.ts';
import type { TerraformStack } from '../terraform.ts';
import { flows, groupNames, type Flow, type GroupName } from '../traffic.ts';

/** The id of each security group. */
export type SecurityGroups = Readonly<Record<GroupName, string>>;

/** Makes every group, and two rules for every flow; a group's own page in the console then reads like traffic.ts. */
export function securityGroups(
  stack: TerraformStack,
  { vpcId, names }: { vpcId: string; names: Names },
): SecurityGroups {
  const ids = Object.fromEntries(
    groupNames.map(group => {
      const name = names.shared(group);
      const made = new SecurityGroup(stack, `group-${group}`, {
        name,
        description: `${group}: see infra/traffic.ts`,
        vpcId,
        tags: { Name: name },
      });
      return [group, made.id];
    }),
  ) as SecurityGroups;
  for (const flow of flows) addRules(stack, ids, flow);
  return ids;
}

function addRules(stack: TerraformStack, ids: SecurityGroups, { from, to, port, why }: Flow): void {
  const range = port === 'all' ? { ipProtocol: '-1' } : { ipProtocol: 'tcp', fromPort: port, toPort: port };
  const name = `${from}-to-${to}-${port}`;
  const rule = { ...range, description: why, tags: { Name: name } };
  if (from !== 'world') {
    new VpcSecurityGroupEgressRule(stack, `out-${name}`, {
      ...rule,
      securityGroupId: ids[from],
      ...otherSide(ids, to),
    });
  }
  if (to !== 'world') {
    new VpcSecurityGroupIngressRule(stack, `in-${name}`, {
      ...rule,
      securityGroupId: ids[to],
      ...otherSide(ids, from),
    });
  }
}

function otherSide(ids: SecurityGroups, side: Flow['from']) {
  return side === 'world' ? { cidrIpv4: '0.0.0.0/0' } : { referencedSecurityGroupId: ids[side] };
}
