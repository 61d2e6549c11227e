import { firstRecord, parseRecord, type ReleaseRecord } from '../../domain/record.ts';
import { parityOfRelease, type Release } from '../../domain/release.ts';
import { fileObjects, readObjectNow } from '../../release/adapters/file-objects.ts';
import { createRecord } from '../../release/store/record-store.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';

/** The record where the laptop keeps it. */
export interface RecordFile {
  /** The newest record that could be read. */
  current(): ReleaseRecord;
}

/**
 * Opens the record in the folder of releases; it is made first for a new pair: `release` live on the cluster of its
 * sprint. @throws ParityError `invalid_record`, `record_unavailable`
 */
export async function openRecordFile(
  folder: string,
  first: { release: Release; clock: Clock; random: Random },
): Promise<RecordFile> {
  const { clock, random } = first;
  let newest = await createRecord(
    { objects: fileObjects({ root: folder, random }), clock },
    newRecord(first),
  );
  return {
    current: () => {
      newest = readNewer(folder, newest);
      return newest;
    },
  };
}

function newRecord({
  release,
  clock,
  random,
}: {
  release: Release;
  clock: Clock;
  random: Random;
}): ReleaseRecord {
  return firstRecord({
    live: { parity: parityOfRelease(release), release },
    at: new Date(clock.now()).toISOString(),
    who: 'npm start',
    nonce: random.bytes(8).toString('hex'),
  });
}

/** A folder that is away or broken for a moment must not take the front door with it: what was known stays true. */
function readNewer(folder: string, known: ReleaseRecord): ReleaseRecord {
  try {
    const read = parseRecord(JSON.parse(readObjectNow(folder, 'record') ?? ''));
    return read.version >= known.version ? read : known;
  } catch {
    return known;
  }
}
