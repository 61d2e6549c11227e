import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { runToEnd } from '../engines/child.ts';
import type { EnvoyObject } from './envoy/resource.ts';

/** Configurations that are remembered: those of a release, from its first user to its last. */
const rememberedCount = 64;

/** Throws ParityError `gateway_refused` with Envoy's words about what it would not work by. */
export type ValidateConfiguration = (folded: EnvoyObject) => Promise<void>;

/**
 * Validates, but not again what has been accepted before: users are taken back to routes that they had, and must not wait
 * for an Envoy that is started on a machine which is busy, or has just been choked. Several may be asked for at once.
 */
export function configurationValidator(envoy: EnvoyProgram): ValidateConfiguration {
  const asked = new Map<string, Promise<void>>();
  return folded => {
    const text = JSON.stringify(folded);
    const hash = createHash('sha256').update(text).digest('hex');
    const known = asked.get(hash);
    if (known !== undefined) return known;
    const answer = validate(envoy, { text, hash });
    asked.set(hash, answer);
    // What was refused may have been refused for want of memory.
    answer.catch(() => asked.delete(hash));
    const [oldest] = asked.keys();
    if (asked.size > rememberedCount && oldest !== undefined) asked.delete(oldest);
    return answer;
  };
}

/** The program, and a folder for what it is to look at. */
interface EnvoyProgram {
  readonly program: string;
  readonly folder: string;
}

/**
 * Has Envoy itself look at a whole configuration, folded into one bootstrap: with its dynamic files alone it would look
 * at nothing. Unknown fields are refused.
 * @throws ParityError `gateway_refused` with its words
 */
async function validate(
  { program, folder }: EnvoyProgram,
  { text, hash }: { readonly text: string; readonly hash: string },
): Promise<void> {
  const file = join(folder, `to-be-validated-${hash.slice(0, 16)}.json`);
  const args = ['--mode', 'validate', '--config-path', file, '--disable-hot-restart', '--log-level', 'error'];
  try {
    await writeFile(file, text, { mode: 0o600 });
    // At no lower priority than requests: it takes 60 ms of a processor, and users who are to move wait for it.
    await runToEnd({ name: 'envoy --mode validate', program, args, env: {}, cwd: folder });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ParityError('gateway_refused', `Envoy does not accept the gateway's configuration: ${why}`, {
      cause,
    });
  } finally {
    await rm(file, { force: true });
  }
}
