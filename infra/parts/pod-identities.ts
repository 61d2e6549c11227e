import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association/index.js';
import { serviceNames } from '../../domain/catalogue.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Estate } from '../stack.ts';
import type { Data } from '../stacks/documents.ts';
import type { TerraformStack } from '../terraform.ts';
import { trustPods } from './policy-document.ts';
import { role } from './role.ts';

interface Place {
  readonly parity: Parity;
  readonly cluster: EksCluster;
  readonly data: Data;
}

/** Which service account has which role: the services' roles are the pair's, the controllers' the cluster's own. */
export function podIdentities(stack: TerraformStack, estate: Estate, place: Place): void {
  const clusterName = place.cluster.name;
  for (const service of serviceNames) {
    new EksPodIdentityAssociation(stack, `pods-${service}`, {
      clusterName,
      namespace: 'parity',
      serviceAccount: service,
      roleArn: place.data.serviceRoles[service],
    });
  }
  for (const half of ['controller', 'node'] as const) {
    new EksPodIdentityAssociation(stack, `pods-efs-csi-${half}`, {
      clusterName,
      namespace: 'kube-system',
      serviceAccount: `efs-csi-${half}-sa`,
      roleArn: place.data.fileSystemDriverRole,
    });
  }
  new EksPodIdentityAssociation(stack, 'pods-target-binder', {
    clusterName,
    namespace: 'kube-system',
    serviceAccount: 'aws-load-balancer-controller',
    roleArn: targetBinder(stack, estate, place),
  });
}

/** The load balancer controller only puts pods into target groups that Terraform made; it creates nothing. */
function targetBinder(stack: TerraformStack, { configuration, names }: Estate, { parity }: Place): string {
  const { region, account } = configuration;
  const name = names.cluster(parity);
  return role(stack, 'target-binder-role', {
    name: `${name}-target-binder`,
    why: `puts Kong's pods into the target group of ${name}`,
    trust: trustPods(account),
    statements: [
      {
        sid: 'BindTargets',
        actions: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
        resources: [`arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}-kong/*`],
      },
      {
        sid: 'LookAtTargets',
        actions: [
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcs',
          'elasticloadbalancing:DescribeTargetGroups',
          'elasticloadbalancing:DescribeTargetHealth',
        ],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': region } },
      },
    ],
  }).arn;
}
