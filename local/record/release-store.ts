import { fileObjects } from '../../release/adapters/file-objects.ts';
import type { Clock, Random, ReleaseWorld } from '../../release/ports.ts';
import { objectJournal } from '../../release/store/object-journal.ts';
import { objectRecordStore } from '../../release/store/record-store.ts';
import type { StatePaths } from '../state/state-paths.ts';

/** Record, journal and lock of the laptop's pair, whether it runs or not. */
export function releaseStore(world: {
  readonly paths: Pick<StatePaths, 'releases'>;
  readonly clock: Clock;
  readonly random: Random;
}): Pick<ReleaseWorld, 'objects' | 'journal' | 'store'> {
  const { paths, clock, random } = world;
  const objects = fileObjects({ root: paths.releases, random });
  const journal = objectJournal({ objects, clock });
  return { objects, journal, store: objectRecordStore({ objects, journal, clock, random }) };
}
