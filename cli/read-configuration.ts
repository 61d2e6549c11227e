import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../domain/errors.ts';
import { parseConfiguration, type Configuration } from '../infra/configuration.ts';

/**
 * The estate's configuration: a name is a file of infra/environments/, anything else a path.
 * @throws ParityError `invalid_request` when there is none, `invalid_configuration`
 */
export async function readConfiguration(environment: string): Promise<Configuration> {
  const folder = join(import.meta.dirname, '..', 'infra', 'environments');
  const file = /^[a-z0-9-]+$/.test(environment) ? join(folder, `${environment}.json`) : environment;
  try {
    return parseConfiguration(await readFile(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    throw new ParityError('invalid_request', `There is no configuration ${file}; name one with -e.`, {
      cause,
    });
  }
}
