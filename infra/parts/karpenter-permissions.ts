import type { Statement } from './policy-document.ts';

/** What the permissions are about. */
export interface KarpenterScope {
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly clusterArn: string;
  readonly nodeRoleArn: string;
  readonly nodeProfileArn: string;
  readonly queueArn: string;
}

const pool = 'karpenter.sh/nodepool';

/**
 * What Karpenter may do: start, tag and end the machines of its own cluster, and nothing that is not tagged as such.
 * Source: Karpenter 1.x, "CloudFormation" reference (KarpenterControllerPolicy), narrowed to one node role and one queue.
 */
export function karpenterPermissions(scope: KarpenterScope): Statement[] {
  return [...startStatements(scope), ...lifeStatements(scope), ...ownStatements(scope)];
}

function startStatements(scope: KarpenterScope): Statement[] {
  const { owned, ec2, made } = machines(scope);
  return [
    {
      sid: 'StartFromWhatIsThere',
      actions: ['ec2:CreateFleet', 'ec2:RunInstances'],
      resources: [ec2('image', ''), ec2('snapshot', ''), ec2('security-group'), ec2('subnet')],
    },
    {
      sid: 'StartFromOwnTemplates',
      actions: ['ec2:CreateFleet', 'ec2:RunInstances'],
      resources: [ec2('launch-template')],
      conditions: own('ResourceTag', owned),
    },
    {
      sid: 'StartTagged',
      actions: ['ec2:CreateFleet', 'ec2:CreateLaunchTemplate', 'ec2:RunInstances'],
      resources: made,
      conditions: own('RequestTag', owned),
    },
    {
      sid: 'TagWhileStarting',
      actions: ['ec2:CreateTags'],
      resources: made,
      conditions: {
        StringEquals: {
          [`aws:RequestTag/${owned}`]: 'owned',
          'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'],
        },
      },
    },
  ];
}

function lifeStatements(scope: KarpenterScope): Statement[] {
  const { owned, ec2 } = machines(scope);
  return [
    {
      sid: 'NameOwn',
      actions: ['ec2:CreateTags'],
      resources: [ec2('instance')],
      conditions: {
        ...own('ResourceTag', owned),
        StringEqualsIfExists: { 'aws:RequestTag/eks:eks-cluster-name': scope.cluster },
        'ForAllValues:StringEquals': {
          'aws:TagKeys': ['eks:eks-cluster-name', 'karpenter.sh/nodeclaim', 'Name'],
        },
      },
    },
    {
      sid: 'EndOwn',
      actions: ['ec2:DeleteLaunchTemplate', 'ec2:TerminateInstances'],
      resources: [ec2('instance'), ec2('launch-template')],
      conditions: own('ResourceTag', owned),
    },
  ];
}

function machines({ region, account, cluster }: KarpenterScope) {
  const ec2 = (kind: string, owner = account) => `arn:aws:ec2:${region}:${owner}:${kind}/*`;
  const kinds = [
    'fleet',
    'instance',
    'volume',
    'network-interface',
    'launch-template',
    'spot-instances-request',
  ];
  return { owned: `kubernetes.io/cluster/${cluster}`, ec2, made: kinds.map(kind => ec2(kind)) };
}

/** A machine of this cluster, made by one of its node pools. */
function own(tags: 'RequestTag' | 'ResourceTag', owned: string) {
  return {
    StringEquals: { [`aws:${tags}/${owned}`]: 'owned' },
    StringLike: { [`aws:${tags}/${pool}`]: '*' },
  };
}

function ownStatements({
  region,
  clusterArn,
  nodeRoleArn,
  nodeProfileArn,
  queueArn,
}: KarpenterScope): Statement[] {
  return [
    {
      // Describing is not divided by resource in EC2; it is held to our region.
      sid: 'LookAtTheRegion',
      actions: [
        'ec2:DescribeCapacityReservations',
        'ec2:DescribeImages',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceTypeOfferings',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSpotPriceHistory',
        'ec2:DescribeSubnets',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
    },
    { sid: 'ReadPrices', actions: ['pricing:GetProducts'], resources: ['*'] },
    {
      sid: 'ReadImageNames',
      actions: ['ssm:GetParameter'],
      resources: [`arn:aws:ssm:${region}::parameter/aws/service/*`],
    },
    {
      sid: 'HearOfInterruptions',
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
      resources: [queueArn],
    },
    {
      sid: 'GiveNodesTheirRole',
      actions: ['iam:PassRole'],
      resources: [nodeRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    },
    // Node classes name the profile that Terraform made: Karpenter makes none, and so needs no right to.
    { sid: 'LookAtTheNodeProfile', actions: ['iam:GetInstanceProfile'], resources: [nodeProfileArn] },
    { sid: 'ListProfiles', actions: ['iam:ListInstanceProfiles'], resources: ['*'] },
    { sid: 'FindTheApi', actions: ['eks:DescribeCluster'], resources: [clusterArn] },
  ];
}
