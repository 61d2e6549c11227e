import { ParityError } from '../../domain/errors.ts';
import type { ObjectName, ObjectStore } from '../ports.ts';

/** What may happen to one call of the store. */
export type StoreFault = 'none' | 'away' | 'request-lost' | 'answer-lost' | 'doubled' | 'slow';

const slowMs = 900;

/** An object store into which a test may look at once, past all faults. */
export interface PeekableObjects extends ObjectStore {
  peek(name: ObjectName): string | undefined;
}

/** An object store in memory; each call first asks `fault` what shall happen to it. */
export function memoryObjects(
  fault: () => StoreFault = () => 'none',
  delay: (ms: number) => Promise<void> = async () => {},
): PeekableObjects {
  const objects = new Map<ObjectName, { text: string; tag: number }>();
  const put: ObjectStore['write'] = async (name, text, expected) => {
    const now = objects.get(name);
    if (now?.tag.toString() !== expected) return 'changed';
    objects.set(name, { text, tag: (now?.tag ?? 0) + 1 });
    return 'written';
  };
  return {
    peek: name => objects.get(name)?.text,
    read: async name => {
      const happens = fault();
      if (['away', 'request-lost', 'answer-lost'].includes(happens)) throw away(name);
      const object = objects.get(name);
      if (happens === 'slow') await delay(slowMs);
      return object && { text: object.text, tag: String(object.tag), at: `memory, ${name}` };
    },
    write: async (name, text, expected) => {
      const happens = fault();
      if (happens === 'away' || happens === 'request-lost') throw away(name);
      if (happens === 'slow') await delay(slowMs);
      const answer = await put(name, text, expected);
      if (happens === 'answer-lost') throw away(name);
      // A request that the network repeats: the second run meets what the first has written.
      return happens === 'doubled' ? put(name, text, expected) : answer;
    },
  };
}

/** Remembers what was written last, for a store that nobody writes to past this. */
export function rememberedObjects(objects: ObjectStore): PeekableObjects {
  const texts = new Map<ObjectName, string>();
  return {
    peek: name => texts.get(name),
    read: name => objects.read(name),
    write: async (name, text, expected) => {
      const answer = await objects.write(name, text, expected);
      if (answer === 'written') texts.set(name, text);
      return answer;
    },
  };
}

function away(name: ObjectName): ParityError {
  return new ParityError('record_unavailable', `The ${name} cannot be reached.`);
}
