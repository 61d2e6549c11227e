import type { Release } from '../../domain/release.ts';
import type { Clock, Journal, ObjectStore } from '../ports.ts';
import { compareAndSet } from './compare-and-set.ts';
import { journalSchema, type JournalEntry } from './journal-entry.ts';
import { parseObject } from './parse-object.ts';

/** The journal over an object store: one object per release. */
export function objectJournal({ objects, clock }: { objects: ObjectStore; clock: Clock }): Journal {
  const look = async (release: Release) => {
    const name = `journal-${release}` as const;
    const object = await objects.read(name);
    const entries = object === undefined ? [] : parseObject(name, object, journalSchema).entries;
    return { entries, tag: object?.tag };
  };
  const appendOnce = async (release: Release, added: readonly JournalEntry[]) => {
    const { entries, tag } = await look(release);
    const known = new Set(entries.map(({ nonce }) => nonce));
    const fresh = added.filter(({ nonce }) => !known.has(nonce));
    if (fresh.length === 0) return true;
    const text = JSON.stringify({ schema: 1, entries: [...entries, ...fresh] });
    const answer = await objects.write(`journal-${release}`, text, tag);
    return answer === 'written' ? true : undefined;
  };
  return {
    read: async release => (await look(release)).entries,
    append: async (release, entries) => {
      await compareAndSet(clock, () => appendOnce(release, entries));
    },
  };
}
