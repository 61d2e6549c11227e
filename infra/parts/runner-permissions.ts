import { parities } from '../../domain/parity.ts';
import type { Estate } from '../stack.ts';
import type { Statement } from './policy-document.ts';
import { useOfTheRecord } from './record-bucket.ts';

interface Reach {
  readonly recordArn: string;
  readonly keyArn: string;
  readonly logsArn: string;
  readonly subnets: readonly string[];
}

/** What jobs may touch: the record, the weights of our own names, and looks at what preflight asks about. */
export function runnerPermissions(estate: Estate, reach: Reach): Statement[] {
  return [...ownStatements(reach), ...inTheVpc(estate, reach), ...releaseStatements(estate)];
}

function ownStatements({ recordArn, keyArn, logsArn }: Reach): Statement[] {
  return [
    ...useOfTheRecord({ recordArn, keyArn }),
    { sid: 'WriteLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logsArn}:*`] },
  ];
}

/** CodeBuild's own way into a VPC. Source: AWS CodeBuild User Guide, "Create a CodeBuild service role". */
function inTheVpc({ configuration: { region, account } }: Estate, { subnets }: Reach): Statement[] {
  const interfaces = `arn:aws:ec2:${region}:${account}:network-interface/*`;
  return [
    {
      sid: 'LookAtTheVpc',
      actions: [
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
    },
    {
      sid: 'InterfacesInTheVpc',
      actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
      resources: [
        interfaces,
        `arn:aws:ec2:${region}:${account}:security-group/*`,
        `arn:aws:ec2:${region}:${account}:subnet/*`,
      ],
    },
    {
      sid: 'InterfacesForCodeBuild',
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [interfaces],
      conditions: {
        StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
        ArnEquals: {
          'ec2:Subnet': subnets.map(subnet => `arn:aws:ec2:${region}:${account}:subnet/${subnet}`),
        },
      },
    },
  ];
}

function releaseStatements({ configuration: { region, account }, names }: Estate): Statement[] {
  const { regional, beta } = names.hosts;
  return [
    {
      sid: 'MoveWeights',
      actions: ['route53:ChangeResourceRecordSets'],
      resources: ['arn:aws:route53:::hostedzone/*'],
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [regional, beta],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
        },
      },
    },
    {
      sid: 'LookAtNames',
      actions: ['route53:GetChange', 'route53:GetHealthCheckStatus', 'route53:ListResourceRecordSets'],
      resources: [
        'arn:aws:route53:::change/*',
        'arn:aws:route53:::healthcheck/*',
        'arn:aws:route53:::hostedzone/*',
      ],
    },
    {
      sid: 'LookAtClusters',
      actions: ['eks:DescribeCluster'],
      resources: parities.map(parity => `arn:aws:eks:${region}:${account}:cluster/${names.cluster(parity)}`),
    },
    {
      sid: 'LookAtWhatPreflightAsksAbout',
      actions: [
        'acm:DescribeCertificate',
        'backup:ListRecoveryPointsByBackupVault',
        'elasticfilesystem:DescribeFileSystems',
        'elasticfilesystem:DescribeMountTargets',
        'elasticfilesystem:DescribeReplicationConfigurations',
        'elasticloadbalancing:DescribeTargetHealth',
        'mq:DescribeBroker',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
    },
  ];
}
