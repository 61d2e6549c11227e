import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association/index.js';
import { serviceNames } from '../../domain/catalogue.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Estate } from '../stack.ts';
import type { Delivery } from '../stacks/delivery.ts';
import type { Data } from '../stacks/documents.ts';
import type { TerraformStack } from '../terraform.ts';
import { trustPods } from './policy-document.ts';
import { role } from './role.ts';

interface Place {
  readonly parity: Parity;
  readonly cluster: EksCluster;
  readonly data: Data;
  readonly delivery: Delivery;
}

/**
 * Which service account has which role: the services' roles and the keeper's are the pair's, the controllers' the
 * cluster's own.
 */
export function podIdentities(
  stack: TerraformStack,
  estate: Estate,
  place: Place,
): EksPodIdentityAssociation[] {
  const { cluster, data, delivery } = place;
  const ofOurs = [
    ...serviceNames.map(service => ({ serviceAccount: service, roleArn: data.serviceRoles[service] })),
    { serviceAccount: 'keeper', roleArn: delivery.keeperRoleArn },
  ].map(each => ({ ...each, id: each.serviceAccount, namespace: 'parity' }));
  const ofControllers = [
    ...['controller', 'node'].map(half => ({
      id: `efs-csi-${half}`,
      serviceAccount: `efs-csi-${half}-sa`,
      roleArn: data.fileSystemDriverRole,
    })),
    {
      id: 'target-binder',
      serviceAccount: 'aws-load-balancer-controller',
      roleArn: targetBinder(stack, estate, place),
    },
  ].map(each => ({ ...each, namespace: 'kube-system' }));
  return [...ofOurs, ...ofControllers].map(
    ({ id, ...identity }) =>
      new EksPodIdentityAssociation(stack, `pods-${id}`, { clusterName: cluster.name, ...identity }),
  );
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
