import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { runToEnd } from '../engines/child.ts';
import { writePrivateFile } from '../state/private-file.ts';
import type { EnvoyObject } from './envoy/resource.ts';

/**
 * Has Envoy itself look at a whole configuration, folded into one bootstrap: with its dynamic files alone it would look
 * at nothing. Unknown fields are refused.
 * @throws ParityError `gateway_refused` with its words
 */
export async function validateConfiguration(
  folded: EnvoyObject,
  { program, folder }: { readonly program: string; readonly folder: string },
): Promise<void> {
  const file = join(folder, 'to-be-validated.json');
  await writePrivateFile(file, JSON.stringify(folded));
  const args = ['--mode', 'validate', '--config-path', file, '--disable-hot-restart', '--log-level', 'error'];
  try {
    // Not at the cost of the requests under way.
    const politely = ['-n', '10', program, ...args];
    await runToEnd({ name: 'envoy --mode validate', program: 'nice', args: politely, env: {}, cwd: folder });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ParityError('gateway_refused', `Envoy does not accept the gateway's configuration: ${why}`, {
      cause,
    });
  }
}
