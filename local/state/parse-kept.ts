import type { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { parseJson } from '../../domain/parse-json.ts';

/** A file that Parity keeps, and what a person does who finds it damaged. */
export interface KeptFile {
  readonly path: string;
  /** As in: delete it, and add the users again. */
  readonly wayOut: string;
}

/**
 * What a file says that Parity wrote. One that is empty, cut off, or of another version is refused, and neither deleted
 * nor written over: what can be done without, and what is lost with it, stands in the way out.
 * @throws ParityError `invalid_configuration`; it has no cause, which could quote a secret
 */
export function parseKept<T>(text: string, shape: z.ZodType<T>, { path, wayOut }: KeptFile): T {
  const parsed = shape.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const how = text.trim() === '' ? 'is empty' : 'is damaged, or of a newer Parity';
  throw new ParityError('invalid_configuration', `${path} ${how}: ${wayOut}.`);
}
