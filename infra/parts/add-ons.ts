import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon/index.js';
import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import type { ITerraformDependable, TerraformStack } from '../terraform.ts';

/** What a node needs to become ready, and what needs a ready node. */
const early = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'] as const;
const late = ['coredns', 'aws-efs-csi-driver', 'metrics-server'] as const;

/** Add-ons that are installed before the first node starts. */
export function earlyAddOns(stack: TerraformStack, cluster: EksCluster): EksAddon[] {
  return early.map(name => addOn(stack, name, { cluster, after: [] }));
}

/**
 * Add-ons that run as pods: after the nodes, and after the identities, which a pod gets when it is made and not later.
 * Source: Amazon EKS User Guide, "EKS Pod Identity": pods that were there before must be started anew.
 */
export function lateAddOns(
  stack: TerraformStack,
  { cluster, after }: { cluster: EksCluster; after: readonly ITerraformDependable[] },
): void {
  for (const name of late) addOn(stack, name, { cluster, after });
}

function addOn(
  stack: TerraformStack,
  addonName: string,
  { cluster, after }: { cluster: EksCluster; after: readonly ITerraformDependable[] },
): EksAddon {
  return new EksAddon(stack, `add-on-${addonName}`, {
    addonName,
    clusterName: cluster.name,
    resolveConflictsOnCreate: 'OVERWRITE',
    resolveConflictsOnUpdate: 'OVERWRITE',
    dependsOn: [...after],
  });
}
