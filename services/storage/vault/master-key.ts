import { z } from 'zod';
import { ParityError } from '../../../domain/errors.ts';
import type { Random } from '../../kit/ports.ts';
import type { KeyWrapper } from './key-wrapper.ts';
import { seal, unseal } from './sealed-text.ts';

const keyBytes = 32;

const masterKey = z.strictObject({
  id: z.string().regex(/^[\w-]{1,64}$/),
  key: z
    .base64url()
    .transform(text => Buffer.from(text, 'base64url'))
    .refine(key => key.length === keyBytes, `${keyBytes} bytes`),
});
/** The form of the master key file. */
export const masterKeyFile = z.strictObject({
  keys: z
    .tuple([masterKey], masterKey)
    .refine(keys => new Set(keys.map(({ id }) => id)).size === keys.length, 'two keys have the same id'),
});

/**
 * A laptop's key service: the first key of the master key file wraps, every key of it unwraps, so that a new first key
 * is all that rotation needs. `file` is the file's text.
 * @throws ParityError `invalid_configuration` when it holds no master keys.
 */
export function masterKeyWrapper(file: string, random: Random): KeyWrapper {
  const { keys } = readMasterKeys(file);
  return {
    wrap: async (key, context) => `${keys[0].id}.${seal(key, { key: keys[0].key, context, random })}`,
    unwrap: async (wrapped, context) => {
      const [id, sealed = ''] = wrapped.split('.');
      const master = keys.find(key => key.id === id);
      if (master === undefined) {
        throw new ParityError(
          'vault_unavailable',
          `The master key "${id}" is not in the master key file: put it back.`,
        );
      }
      try {
        return unseal(sealed, { key: master.key, context });
      } catch (cause) {
        throw new ParityError('document_corrupt', "A document's wrapped key does not open for it.", {
          cause,
        });
      }
    },
  };
}

function readMasterKeys(file: string) {
  try {
    return masterKeyFile.parse(JSON.parse(file));
  } catch (error) {
    // Without its cause, which would quote the keys.
    const why = error instanceof z.ZodError ? z.prettifyError(error) : 'it is not JSON';
    throw new ParityError('invalid_configuration', `The master key file is not valid: ${why}`);
  }
}
