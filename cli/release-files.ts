import { fileObjects } from '../release/adapters/file-objects.ts';
import type { Journal, RecordStore } from '../release/ports.ts';
import { objectJournal } from '../release/store/object-journal.ts';
import { objectRecordStore } from '../release/store/record-store.ts';
import type { World } from './world.ts';

/** Record and journal of the laptop's pair, whether it runs or not. */
export function openReleaseFiles({ paths, clock, random }: World): { store: RecordStore; journal: Journal } {
  const objects = fileObjects({ root: paths.releases, random });
  const journal = objectJournal({ objects, clock });
  return { journal, store: objectRecordStore({ objects, journal, clock, random }) };
}
