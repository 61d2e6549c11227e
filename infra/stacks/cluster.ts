import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import type { Parity } from '../../domain/parity.ts';
import { accessEntries } from '../parts/access-entries.ts';
import { lateAddOns } from '../parts/add-ons.ts';
import { contractOutput } from '../parts/contract-output.ts';
import { encryptionKey } from '../parts/encryption-key.ts';
import { karpenter } from '../parts/karpenter.ts';
import { logGroup } from '../parts/log-group.ts';
import { refuseNodesLeftBehind } from '../parts/nodes-left-behind.ts';
import { podIdentities } from '../parts/pod-identities.ts';
import { trustService } from '../parts/policy-document.ts';
import { role } from '../parts/role.ts';
import { systemNodes } from '../parts/system-nodes.ts';
import { openStack, type Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import type { Delivery } from './delivery.ts';
import type { Data } from './documents.ts';
import type { Network } from './network.ts';

/** What a cluster is built upon. */
export interface ClusterGround {
  readonly network: Network;
  readonly data: Data;
  readonly delivery: Delivery;
}

/** One cluster of the pair. Its version is its own, so that the idle one is upgraded first. */
export function clusterStack(
  estate: Estate,
  parity: Parity,
  { network, data, delivery }: ClusterGround,
): void {
  const stack = openStack(estate, `cluster-${parity}`);
  const name = estate.names.cluster(parity);
  const cluster = controlPlane(stack, estate, { parity, network });
  const nodes = systemNodes(stack, estate, { parity, cluster, network });
  const identities = podIdentities(stack, estate, { parity, cluster, data, delivery });
  lateAddOns(stack, { cluster, after: [nodes.group, ...identities] });
  accessEntries(stack, estate, { cluster, runnerRoleArn: delivery.runnerRoleArn });
  const ground = karpenter(stack, estate, { cluster, nodeRole: nodes.role, name });
  contractOutput(stack, {
    clusters: {
      [parity]: {
        name: cluster.name,
        endpoint: cluster.endpoint,
        certificateAuthority: cluster.certificateAuthority.get(0).data,
        kubernetes: cluster.version,
        nodeGroupId: network.groups[`nodes-${parity}`],
        ...ground,
      },
    },
  });
  if (!estate.settings.guarded) refuseNodesLeftBehind(stack, name);
}

interface Place {
  readonly parity: Parity;
  readonly network: Network;
}

function controlPlane(stack: TerraformStack, estate: Estate, { parity, network }: Place): EksCluster {
  const { configuration, names } = estate;
  const name = names.cluster(parity);
  const key = encryptionKey(stack, estate, {
    purpose: `${parity}-secrets`,
    why: `Kubernetes secrets of ${name}`,
  });
  const logs = logGroup(stack, 'control-plane-logs', {
    name: `/aws/eks/${name}/cluster`,
    keyArn: network.logsKeyArn,
  });
  const plane = role(stack, 'control-plane-role', {
    name: `${name}-control-plane`,
    why: `the control plane of ${name}`,
    trust: trustService('eks.amazonaws.com', configuration.account),
    managed: ['AmazonEKSClusterPolicy'],
  });
  return new EksCluster(stack, 'cluster', {
    name,
    roleArn: plane.arn,
    version: configuration.clusters[parity].kubernetes,
    // Never pay for extended support by accident: the version is raised in time, or AWS raises it.
    upgradePolicy: { supportType: 'STANDARD' },
    accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    bootstrapSelfManagedAddons: false,
    encryptionConfig: { provider: { keyArn: key.arn }, resources: ['secrets'] },
    enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
    vpcConfig: {
      subnetIds: [...network.subnets.intra],
      securityGroupIds: [network.groups[`control-plane-${parity}`]],
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
    },
    zonalShiftConfig: { enabled: true },
    dependsOn: [logs, ...plane.permissions],
  });
}
