import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { policyDocument, type Statement } from './policy-document.ts';
import type { Subnets } from './subnets.ts';

/**
 * AWS services that are reached without leaving the VPC (what a cluster needs when the ways out are cut), each with
 * the prefix that IAM gives its actions.
 */
export const interfaceServices = {
  ec2: 'ec2',
  'ecr.api': 'ecr',
  'ecr.dkr': 'ecr',
  eks: 'eks',
  'eks-auth': 'eks-auth',
  elasticfilesystem: 'elasticfilesystem',
  // New pods of Kong enter their target group, and Karpenter reads which images there are.
  elasticloadbalancing: 'elasticloadbalancing',
  kms: 'kms',
  logs: 'logs',
  secretsmanager: 'secretsmanager',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
} as const;

interface Place {
  readonly vpcId: string;
  readonly subnets: Subnets;
  readonly groupId: string;
}

/** The gateway endpoint for S3 and an interface endpoint for every other service, for this account's principals only. */
export function endpoints(stack: TerraformStack, { configuration, names }: Estate, place: Place): void {
  const { region, account } = configuration;
  const own = (prefix: string): Statement => ({
    sid: 'OurPrincipalsOnly',
    actions: [`${prefix}:*`],
    resources: ['*'],
    principals: { AWS: '*' },
    conditions: { StringEquals: { 'aws:PrincipalAccount': account } },
  });
  // ECR keeps image layers in a bucket of its own, fetched without our signature.
  const layers: Statement = {
    sid: 'ImageLayers',
    actions: ['s3:GetObject'],
    resources: [`arn:aws:s3:::prod-${region}-starport-layer-bucket/*`],
    principals: { AWS: '*' },
  };
  new VpcEndpoint(stack, 'endpoint-s3', {
    vpcId: place.vpcId,
    serviceName: `com.amazonaws.${region}.s3`,
    vpcEndpointType: 'Gateway',
    routeTableIds: [...place.subnets.routeTables],
    policy: policyDocument([own('s3'), layers]),
    tags: { Name: names.shared('s3') },
  });
  for (const [service, prefix] of Object.entries(interfaceServices)) {
    new VpcEndpoint(stack, `endpoint-${service.replace('.', '-')}`, {
      vpcId: place.vpcId,
      serviceName: `com.amazonaws.${region}.${service}`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: [...place.subnets.intra],
      securityGroupIds: [place.groupId],
      policy: policyDocument([own(prefix)]),
      tags: { Name: names.shared(service) },
    });
  }
}
