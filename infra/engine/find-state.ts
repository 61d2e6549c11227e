import { z } from 'zod';
import { isParityError } from '../../domain/errors.ts';
import type { TerraformProgram } from './terraform-program.ts';

/** Prepares a stack; false when the bucket for its state is not there. Whatever else is wrong is thrown. */
export async function findsItsState(terraform: TerraformProgram, folder: string): Promise<boolean> {
  try {
    await terraform.init(folder);
    return true;
  } catch (error) {
    if (isParityError(error, 'engine_failed') && noBucket.test(error.message)) return false;
    throw error;
  }
}

/** As Terraform and OpenTofu say it. */
const noBucket = /S3 bucket\b.* does not exist/;

/** True when there is something of a stack: a state that was never written is pulled as nothing at all. */
export async function isBorn(terraform: TerraformProgram, folder: string): Promise<boolean> {
  const pulled = await terraform.must(folder, 'state', 'pull');
  return pulled.trim() !== '' && stateSchema.parse(JSON.parse(pulled)).resources.length > 0;
}

const stateSchema = z.looseObject({ resources: z.array(z.unknown()) });
