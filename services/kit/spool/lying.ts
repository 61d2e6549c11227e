import { isParityError } from '../../../domain/errors.ts';
import type { Manifest } from './manifest.ts';

/** What a file in the spool is: a document or its receipt, or not whole any more. */
export type Lying = Manifest | 'damaged';

/** What lies where `finding` looks; undefined when nothing does. */
export async function orDamaged(finding: Promise<Manifest | undefined>): Promise<Lying | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (isParityError(error, 'document_corrupt')) return 'damaged';
    throw error;
  }
}
