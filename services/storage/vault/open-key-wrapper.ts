import { readFile } from 'node:fs/promises';
import type { Random } from '../../kit/ports.ts';
import type { KeyWrapper } from './key-wrapper.ts';
import { masterKeyWrapper } from './master-key.ts';

/**
 * What wraps documents' keys, by the place that was configured: a KMS key's ARN, or a master key file.
 * @throws ParityError `invalid_configuration` when it is neither.
 */
export async function openKeyWrapper(place: string, random: Random): Promise<KeyWrapper> {
  if (!place.startsWith('arn:')) return masterKeyWrapper(await readFile(place, 'utf8'), random);
  // The SDK is dead weight on a laptop.
  const { kmsKeyWrapper } = await import('./kms-key.ts');
  return kmsKeyWrapper(place);
}
