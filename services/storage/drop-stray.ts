import { ParityError } from '../../domain/errors.ts';
import type { Storing } from './storing.ts';

/**
 * Removes a message that no document could be parked for. Should it ever come again, it is kept again.
 * @throws ParityError `not_found`
 */
export async function dropStray(
  { strays, log }: Storing,
  id: string,
  who: string,
): Promise<{ dropped: string }> {
  const stray = await strays.read(id);
  if (stray === undefined) throw new ParityError('not_found', `Nothing is parked as ${id}.`);
  await strays.remove(stray);
  log.warn({ stray: id, why: stray.why, who }, 'a message that no document was parked for is dropped');
  return { dropped: id };
}
