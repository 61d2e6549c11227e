import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association/index.js';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { karpenterPermissions } from './karpenter-permissions.ts';
import { policyDocument, trustPods } from './policy-document.ts';
import { role, type Role } from './role.ts';

/** The events that tell Karpenter of a node's end before it comes. */
const events = {
  'spot-interruption': { source: 'aws.ec2', 'detail-type': 'EC2 Spot Instance Interruption Warning' },
  rebalance: { source: 'aws.ec2', 'detail-type': 'EC2 Instance Rebalance Recommendation' },
  'state-change': { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification' },
  maintenance: { source: 'aws.health', 'detail-type': 'AWS Health Event' },
} as const;

interface Place {
  readonly name: string;
  readonly cluster: EksCluster;
  readonly nodeRole: Role;
}

/** What a cluster's Karpenter is told: its interruption queue, and the profile that its nodes start with. */
export interface KarpenterGround {
  readonly interruptionQueue: string;
  readonly nodeProfile: string;
}

/** Karpenter's role, its queue and its nodes' profile. Karpenter itself is installed by clusters/. */
export function karpenter(
  stack: TerraformStack,
  estate: Estate,
  { cluster, nodeRole, name }: Place,
): KarpenterGround {
  const { region, account } = estate.configuration;
  const queue = interruptionQueue(stack, name);
  const profile = new IamInstanceProfile(stack, 'node-profile', {
    name: `${name}-node`,
    role: nodeRole.name,
  });
  const controller = role(stack, 'karpenter-role', {
    name: `${name}-karpenter`,
    why: `Karpenter of ${name}`,
    trust: trustPods(account),
    statements: karpenterPermissions({
      region,
      account,
      cluster: name,
      clusterArn: cluster.arn,
      nodeRoleArn: nodeRole.arn,
      nodeProfileArn: profile.arn,
      queueArn: queue.arn,
    }),
  });
  new EksPodIdentityAssociation(stack, 'pods-karpenter', {
    clusterName: cluster.name,
    namespace: 'kube-system',
    serviceAccount: 'karpenter',
    roleArn: controller.arn,
  });
  return { interruptionQueue: queue.name, nodeProfile: profile.name };
}

function interruptionQueue(stack: TerraformStack, name: string): SqsQueue {
  const queue = new SqsQueue(stack, 'interruptions', {
    name: `${name}-interruptions`,
    messageRetentionSeconds: 300,
    sqsManagedSseEnabled: true,
  });
  const rules = Object.entries(events).map(([id, { source, 'detail-type': kind }]) => {
    const rule = new CloudwatchEventRule(stack, `hears-${id}`, {
      name: `${name}-${id}`,
      description: `tells Karpenter: ${kind}`,
      eventPattern: JSON.stringify({ source: [source], 'detail-type': [kind] }),
    });
    new CloudwatchEventTarget(stack, `tells-${id}`, {
      rule: rule.name,
      arn: queue.arn,
      targetId: 'interruptions',
    });
    return rule.arn;
  });
  new SqsQueuePolicy(stack, 'interruptions-policy', {
    queueUrl: queue.url,
    policy: queuePolicy(queue.arn, rules),
  });
  return queue;
}

function queuePolicy(queueArn: string, rules: readonly string[]): string {
  return policyDocument([
    {
      sid: 'EventsOfOurRules',
      actions: ['sqs:SendMessage'],
      resources: [queueArn],
      principals: { Service: 'events.amazonaws.com' },
      conditions: { ArnEquals: { 'aws:SourceArn': rules } },
    },
    {
      sid: 'OverTlsOnly',
      effect: 'Deny',
      actions: ['sqs:*'],
      resources: [queueArn],
      principals: { AWS: '*' },
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
}
