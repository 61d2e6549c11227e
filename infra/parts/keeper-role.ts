import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { trustPods } from './policy-document.ts';
import { useOfTheRecord, type RecordPlace } from './record-bucket.ts';
import { role } from './role.ts';

/**
 * The keepers' role, the same in both clusters: they read the record, and write into it that a candidate is taken away.
 * Weights and workloads are the engine's. Gives its ARN.
 */
export function keeperRole(stack: TerraformStack, { names, configuration }: Estate, at: RecordPlace): string {
  return role(stack, 'keeper-role', {
    name: names.shared('keeper'),
    why: 'the keeper of each cluster: the release record, and nothing else',
    trust: trustPods(configuration.account),
    statements: useOfTheRecord(at),
  }).arn;
}
