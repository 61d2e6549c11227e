import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import type { ObjectName, StoredObject } from '../ports.ts';

/** What a stored object says. @throws ParityError `invalid_record` that names the object and every fault */
export function parseObject<T>(name: ObjectName, object: StoredObject, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(name, object));
  if (parsed.success) return parsed.data;
  throw broken(name, object, { how: `is not valid:\n${z.prettifyError(parsed.error)}\n` });
}

/** The JSON in an object. @throws ParityError `invalid_record` that says where it lies, and what to do */
function jsonOf(name: ObjectName, object: StoredObject): unknown {
  try {
    return JSON.parse(object.text);
  } catch (cause) {
    throw broken(name, object, { how: 'is not JSON. ', cause });
  }
}

const waysOut = {
  record: 'put a version from before back in its place',
  lock: 'delete it: whoever ships then stops, and ./parity resume goes on',
  journal: 'put it away: the story begins anew, and the pair needs nothing of it',
} as const;

/** Parity writes whole objects, each by compare-and-set: somebody else wrote this one. */
function broken(
  name: ObjectName,
  { at }: StoredObject,
  { how, ...options }: ErrorOptions & { how: string },
): ParityError {
  const kind = name === 'record' || name === 'lock' ? name : 'journal';
  const message = `The ${name} ${how}Something other than Parity wrote ${at}: ${waysOut[kind]}.`;
  return new ParityError('invalid_record', message, options);
}
