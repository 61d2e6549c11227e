import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon/index.js';
import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import type { EksNodeGroup } from '@cdktf/provider-aws/lib/eks-node-group/index.js';
import type { TerraformStack } from '../terraform.ts';

/** What a node needs to become ready, and what needs a ready node. */
const early = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'] as const;
const late = ['coredns', 'aws-efs-csi-driver', 'metrics-server'] as const;

/** Add-ons that are installed before the first node starts. */
export function earlyAddOns(stack: TerraformStack, cluster: EksCluster): EksAddon[] {
  return early.map(name => addOn(stack, name, { cluster, after: [] }));
}

/** Add-ons that run as pods and wait for the nodes. */
export function lateAddOns(
  stack: TerraformStack,
  { cluster, nodes }: { cluster: EksCluster; nodes: EksNodeGroup },
): void {
  for (const name of late) addOn(stack, name, { cluster, after: [nodes] });
}

function addOn(
  stack: TerraformStack,
  addonName: string,
  { cluster, after }: { cluster: EksCluster; after: EksNodeGroup[] },
): EksAddon {
  return new EksAddon(stack, `add-on-${addonName}`, {
    addonName,
    clusterName: cluster.name,
    resolveConflictsOnCreate: 'OVERWRITE',
    resolveConflictsOnUpdate: 'OVERWRITE',
    dependsOn: after,
  });
}
