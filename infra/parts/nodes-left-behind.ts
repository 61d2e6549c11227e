import { DataAwsInstances } from '@cdktf/provider-aws/lib/data-aws-instances/index.js';
import type { TerraformStack } from '../terraform.ts';

/**
 * Karpenter's nodes are not Terraform's: a destroy would leave them running, and then wait for ever for the subnets that
 * they hold. So it plans the clusters first, and refuses while there are any.
 */
export function refuseNodesLeftBehind(stack: TerraformStack, cluster: string): void {
  new DataAwsInstances(stack, 'left-behind', {
    filter: [
      { name: 'tag-key', values: ['karpenter.sh/nodepool'] },
      { name: `tag:kubernetes.io/cluster/${cluster}`, values: ['owned'] },
    ],
    instanceStateNames: ['pending', 'running', 'stopping', 'stopped'],
  });
  stack.addOverride('output.contract.precondition', [
    {
      condition: '${length(data.aws_instances.left-behind.ids) == 0}',
      error_message: `Karpenter's nodes of ${cluster} are still there; delete its node pools first (kubectl delete nodepools --all), or they would outlive it.`,
    },
  ]);
}
