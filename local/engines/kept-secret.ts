import { randomBytes } from 'node:crypto';
import { keepPrivateFile } from '../state/private-file.ts';

/** A password made up once and kept in a file that only the user can read. One process at a time may do this. */
export async function keptSecret(file: string): Promise<string> {
  return await keepPrivateFile(file, () => randomBytes(24).toString('hex'));
}
