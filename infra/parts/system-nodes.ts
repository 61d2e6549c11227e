import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import { EksNodeGroup } from '@cdktf/provider-aws/lib/eks-node-group/index.js';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template/index.js';
import type { Parity } from '../../domain/parity.ts';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformStack } from '../terraform.ts';
import { earlyAddOns } from './add-ons.ts';
import { trustService } from './policy-document.ts';
import { role, type Role } from './role.ts';

/** The nodes that Terraform makes, and the role of every node of the cluster. */
export interface SystemNodes {
  readonly group: EksNodeGroup;
  readonly role: Role;
}

interface Place {
  readonly parity: Parity;
  readonly cluster: EksCluster;
  readonly network: Network;
}

/** The managed group that carries Karpenter, DNS and the gateways; Karpenter brings everything else. */
export function systemNodes(stack: TerraformStack, estate: Estate, place: Place): SystemNodes {
  const { nodes } = estate.configuration;
  const nodeRole = role(stack, 'node-role', {
    name: `${estate.names.cluster(place.parity)}-node`,
    why: `nodes of ${estate.names.cluster(place.parity)}`,
    trust: trustService('ec2.amazonaws.com'),
    managed: ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryPullOnly'],
  });
  const template = launchTemplate(stack, estate, place);
  const group = new EksNodeGroup(stack, 'system-nodes', {
    clusterName: place.cluster.name,
    nodeGroupName: 'system',
    nodeRoleArn: nodeRole.arn,
    subnetIds: [...place.network.subnets.private],
    amiType: 'BOTTLEROCKET_x86_64',
    instanceTypes: [nodes.instanceType],
    version: place.cluster.version,
    scalingConfig: { minSize: nodes.system.min, maxSize: nodes.system.max, desiredSize: nodes.system.min },
    updateConfig: { maxUnavailable: 1 },
    nodeRepairConfig: { enabled: true },
    launchTemplate: { id: template.id, version: template.latestVersion.toString() },
    labels: { 'parity/pool': 'system' },
    // An autoscaler owns the number once the group is there.
    lifecycle: { ignoreChanges: ['scaling_config[0].desired_size'] },
    dependsOn: [...nodeRole.permissions, ...earlyAddOns(stack, place.cluster)],
  });
  return { group, role: nodeRole };
}

function launchTemplate(
  stack: TerraformStack,
  { names }: Estate,
  { parity, network }: Place,
): LaunchTemplate {
  const name = `${names.cluster(parity)}-system`;
  const encrypted = { encrypted: 'true', volumeType: 'gp3', deleteOnTermination: 'true' };
  return new LaunchTemplate(stack, 'system-template', {
    name,
    updateDefaultVersion: true,
    vpcSecurityGroupIds: [network.groups[`nodes-${parity}`]],
    // One hop: a pod cannot ask for its node's role.
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    // Bottlerocket's system disk, and the one for images and empty directories.
    blockDeviceMappings: [
      { deviceName: '/dev/xvda', ebs: { ...encrypted, volumeSize: 4 } },
      { deviceName: '/dev/xvdb', ebs: { ...encrypted, volumeSize: 50 } },
    ],
    monitoring: { enabled: true },
    tagSpecifications: [{ resourceType: 'instance', tags: { Name: name } }],
  });
}
