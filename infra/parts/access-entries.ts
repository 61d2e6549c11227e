import { EksAccessEntry } from '@cdktf/provider-aws/lib/eks-access-entry/index.js';
import { EksAccessPolicyAssociation } from '@cdktf/provider-aws/lib/eks-access-policy-association/index.js';
import type { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';

/**
 * Who may use a cluster's API: the operators of the configuration and the runner. There is no aws-auth and no creator.
 * Each role must be there before: EKS keeps the id that it has then, and a role that is made anew under the same name
 * opens nothing. Source: Amazon EKS API Reference, "AccessEntry".
 */
export function accessEntries(
  stack: TerraformStack,
  { configuration }: Estate,
  { cluster, runnerRoleArn: runner }: { cluster: EksCluster; runnerRoleArn: string },
): void {
  for (const [at, principalArn] of [...configuration.operators, runner].entries()) {
    const clusterName = cluster.name;
    const id = principalArn === runner ? 'runner' : `operator-${at}`;
    const entry = new EksAccessEntry(stack, `access-${id}`, { clusterName, principalArn, type: 'STANDARD' });
    new EksAccessPolicyAssociation(stack, `access-${id}-admin`, {
      clusterName,
      principalArn: entry.principalArn,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
      accessScope: { type: 'cluster' },
    });
  }
}
