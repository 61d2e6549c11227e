import type { ContractPart } from '../outputs.ts';
import { TerraformOutput, type TerraformStack } from '../terraform.ts';

/** Emits a stack's part of the contract (infra/outputs.ts) as the one output that people and programs read. */
export function contractOutput(stack: TerraformStack, part: ContractPart): void {
  new TerraformOutput(stack, 'contract', { value: part, staticId: true });
}
