import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import type { ObjectName, StoredObject } from '../ports.ts';

/** What a stored object says. @throws ParityError `invalid_record` that names the object and every fault */
export function parseObject<T>(name: ObjectName, { text }: StoredObject, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(name, text));
  if (parsed.success) return parsed.data;
  throw new ParityError('invalid_record', `The ${name} is not valid:\n${z.prettifyError(parsed.error)}`);
}

/** The JSON in `text`. @throws ParityError `invalid_record` */
export function jsonOf(name: ObjectName, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParityError('invalid_record', `The ${name} is not JSON.`, { cause });
  }
}
