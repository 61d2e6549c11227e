import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { runToEnd } from '../engines/child.ts';
import { writePrivateFile } from '../state/private-file.ts';
import type { EnvoyObject } from './envoy/resource.ts';

/** Configurations that are remembered: those of a release, from its first user to its last. */
const rememberedCount = 64;

/** Throws ParityError `gateway_refused` with Envoy's words about what it would not work by. */
export type ValidateConfiguration = (folded: EnvoyObject) => Promise<void>;

/**
 * Validates, but not again what has been accepted before: users are taken back to routes that they had, and must not wait
 * for an Envoy that is started on a machine which is busy, or has just been choked.
 */
export function configurationValidator(envoy: {
  readonly program: string;
  readonly folder: string;
}): ValidateConfiguration {
  const accepted = new Set<string>();
  return async folded => {
    const hash = createHash('sha256').update(JSON.stringify(folded)).digest('hex');
    if (accepted.has(hash)) return;
    await validateConfiguration(folded, envoy);
    accepted.add(hash);
    const [oldest] = accepted;
    if (accepted.size > rememberedCount && oldest !== undefined) accepted.delete(oldest);
  };
}

/**
 * Has Envoy itself look at a whole configuration, folded into one bootstrap: with its dynamic files alone it would look
 * at nothing. Unknown fields are refused.
 * @throws ParityError `gateway_refused` with its words
 */
async function validateConfiguration(
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
