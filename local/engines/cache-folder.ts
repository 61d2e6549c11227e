import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import type { Machine } from './engine.ts';

/**
 * The folder that keeps installed engines between projects: `parity/engines` in the user's cache folder (XDG Base
 * Directory Specification: a relative XDG_CACHE_HOME is to be ignored).
 *
 * @throws ParityError `invalid_configuration` when neither XDG_CACHE_HOME nor HOME is set
 */
export function engineCacheFolder({ env }: Pick<Machine, 'env'>): string {
  const given = env['XDG_CACHE_HOME'];
  if (given?.startsWith('/')) return join(given, 'parity', 'engines');
  const home = env['HOME'];
  if (home) return join(home, '.cache', 'parity', 'engines');
  throw new ParityError(
    'invalid_configuration',
    'Set HOME or XDG_CACHE_HOME: engines are installed below it.',
  );
}
