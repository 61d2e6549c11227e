import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { logGroup } from './log-group.ts';
import { trustService } from './policy-document.ts';
import { role } from './role.ts';

interface FlowLogDescription {
  /** Part of the names: `flow`, `replica-flow`. */
  readonly id: string;
  readonly vpcId: string;
  readonly keyArn: string;
  readonly provider?: TerraformProvider;
}

/** Who spoke to whom in a VPC, accepted and refused, within a minute. Gives the log group. */
export function flowLogs(
  stack: TerraformStack,
  { names, configuration }: Estate,
  { id, vpcId, keyArn, provider }: FlowLogDescription,
): CloudwatchLogGroup {
  const group = logGroup(stack, `${id}-logs`, { name: `/${names.estate}/${id}`, keyArn, provider });
  const writer = role(stack, `${id}-logs-role`, {
    name: names.shared(`${id}-logs`),
    why: 'writes the flow logs of a VPC',
    trust: trustService('vpc-flow-logs.amazonaws.com', configuration.account),
    statements: [
      {
        sid: 'WriteFlowLogs',
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [`${group.arn}:*`],
      },
    ],
  });
  new FlowLog(stack, `${id}-log`, {
    vpcId,
    trafficType: 'ALL',
    logDestination: group.arn,
    iamRoleArn: writer.arn,
    maxAggregationInterval: 60,
    provider,
  });
  return group;
}
